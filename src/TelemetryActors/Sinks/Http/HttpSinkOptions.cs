namespace TelemetryActors.Sinks.Http;

/// <summary>Where events are uploaded to, and who allows it.</summary>
public sealed class HttpSinkOptions
{
    /// <summary>The address that takes <c>{"events":[...]}</c> (S0.28, S2.60).</summary>
    public required Uri Endpoint { get; set; }

    /// <summary>Asked before each upload; while it says no, no connection of any kind is made (D.9).</summary>
    public required Func<bool> HasConsent { get; set; }

    /// <summary>Headers sent with each upload, for instance a credential; never shown in a reason.</summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>();

    /// <summary>What carries the requests; null: the network.</summary>
    internal HttpMessageHandler? Transport { get; init; }
}
