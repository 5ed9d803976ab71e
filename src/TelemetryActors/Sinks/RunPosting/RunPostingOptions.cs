namespace TelemetryActors.Sinks.RunPosting;

/// <summary>The posting of finished runs to an API (S4.13): silent until there is an address and recorded consent.</summary>
public sealed class RunPostingOptions
{
    /// <summary>The address that takes one run a POST; null posts none.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Whether runs are posted at all; on by default.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Sent as <c>Authorization: Bearer</c>; shown nowhere. Null sends none.</summary>
    public string? Token { get; set; }

    /// <summary>Further headers sent with each run; shown nowhere.</summary>
    public IDictionary<string, string> Headers { get; private set; } = new Dictionary<string, string>();

    internal RunPostingOptions Copy()
    {
        var copy = (RunPostingOptions)MemberwiseClone();
        copy.Headers = new Dictionary<string, string>(Headers);
        return copy;
    }
}
