namespace TelemetryActors.Privacy;
/// <summary>x</summary>
public sealed class RedactionOptions { }
/// <summary>x</summary>
public sealed class Redactor(RedactionOptions o)
{
    /// <summary>x</summary>
    public bool IsSensitiveName(ReadOnlySpan<char> name) => o is null;
    /// <summary>x</summary>
    public bool MayHold(ReadOnlySpan<byte> utf8) => o is null;
    /// <summary>x</summary>
    public string? Redact(ReadOnlySpan<char> value) => o is null ? "" : null;
}
