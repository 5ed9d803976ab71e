using TelemetryActors.Configuration;

namespace TelemetryActors.Sinks.Community;

/// <summary>What the community sink is made from.</summary>
/// <param name="Endpoint">The address.</param>
/// <param name="HasConsent">Asked before each report; while it says no, no connection of any kind is made (D.9).</param>
/// <param name="Device">Who this installation is.</param>
/// <param name="Apps">Which program wrote which events.</param>
internal sealed record CommunitySinkOptions(Uri Endpoint, Func<bool> HasConsent, DeviceIdentityFile Device, AppRegistry Apps)
{
    /// <summary>Whether stripped events go instead of counts.</summary>
    public bool SendsEvents { get; init; }

    /// <summary>Headers sent with each report; shown nowhere.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>What carries the requests; null: the network.</summary>
    public HttpMessageHandler? Transport { get; init; }
}
