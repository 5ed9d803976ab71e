namespace TelemetryActors.Sinks.Community;

/// <summary>Community reports (S1.3, S1.9): silent until <see cref="TelemetryOptions.EnableCommunity"/> and recorded consent say otherwise.</summary>
public sealed class CommunityOptions
{
    /// <summary>The address that takes reports; null sends none.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Whether stripped events are sent instead of counts per version and hour; off by default.</summary>
    public bool SendEvents { get; set; }

    /// <summary>The program's name in reports. Null: the entry assembly's.</summary>
    public string? AppName { get; set; }

    /// <summary>The program's version in reports. Null: the entry assembly's.</summary>
    public string? AppVersion { get; set; }

    /// <summary>Headers sent with each report, for instance a credential; shown nowhere.</summary>
    public IDictionary<string, string> Headers { get; private set; } = new Dictionary<string, string>();

    internal CommunityOptions Copy()
    {
        var copy = (CommunityOptions)MemberwiseClone();
        copy.Headers = new Dictionary<string, string>(Headers);
        return copy;
    }
}
