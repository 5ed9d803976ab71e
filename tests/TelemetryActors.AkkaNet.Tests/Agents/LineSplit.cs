namespace TelemetryActors.AkkaNet.Tests.Agents;

internal static class LineSplit
{
    /// <summary>Each line, without its line feed.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> ToLines(this Memory<byte> lines)
    {
        ReadOnlyMemory<byte> rest = lines;
        while (!rest.IsEmpty)
        {
            var feed = rest.Span.IndexOf((byte)'\n');
            yield return rest[..feed];
            rest = rest[(feed + 1)..];
        }
    }
}
