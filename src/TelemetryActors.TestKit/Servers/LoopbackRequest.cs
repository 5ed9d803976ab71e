namespace TelemetryActors.TestKit.Servers;

/// <summary>A request that a <see cref="LoopbackHttpServer"/> took.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path with its query.</param>
/// <param name="ContentType">The body's type.</param>
/// <param name="Body">The body.</param>
public sealed record LoopbackRequest(string Method, string Path, string? ContentType, byte[] Body)
{
    /// <summary>The headers, names without regard to case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
