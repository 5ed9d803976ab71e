namespace TelemetryActors.TestKit.Servers;

/// <summary>What a <see cref="LoopbackHttpServer"/> answers.</summary>
/// <param name="Status">The status.</param>
/// <param name="RetryAfter">The header <c>Retry-After</c>; null leaves it out.</param>
/// <param name="Location">The header <c>Location</c>; null leaves it out.</param>
public sealed record LoopbackAnswer(int Status, string? RetryAfter = null, string? Location = null)
{
    /// <summary>The body, UTF-8; null for none.</summary>
    public string? Body { get; init; }

    /// <summary>Whether the answer never ends: what there is of a body is sent, and more may always come.</summary>
    public bool StaysOpen { get; init; }

    /// <summary>The header <c>ETag</c>; null leaves it out.</summary>
    public string? ETag { get; init; }

    /// <summary>The header <c>Content-Type</c>; null leaves it out.</summary>
    public string? ContentType { get; init; }
}
