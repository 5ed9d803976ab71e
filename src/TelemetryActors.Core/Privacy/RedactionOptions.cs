namespace TelemetryActors.Privacy;

/// <summary>What is redacted before an event is stored (S2.9, S2.55, S2.56).</summary>
public sealed class RedactionOptions
{
    /// <summary>Whether names and values are redacted at all; on by default.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Field names that are redacted besides the built-in ones.</summary>
    /// <remarks>
    /// Always redacted: email, password, token, apiKey, secret, creditCard, ssn, authorization, cookie. A name of several words may be written in any
    /// case style; empty names are ignored.
    /// </remarks>
    public IList<string> Fields { get; private set; } = [];

    internal RedactionOptions Copy()
    {
        var copy = (RedactionOptions)MemberwiseClone();
        copy.Fields = [.. Fields];
        return copy;
    }
}
