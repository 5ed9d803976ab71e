namespace TelemetryActors.Cli.Exec;

/// <summary>The bytes of this process's own arguments: those that are no UTF-8 the runtime has replaced.</summary>
internal static class RawArguments
{
    private const string OwnArguments = "/proc/self/cmdline";

    /// <summary>Words as bytes with a zero behind each: as they were given when they are the last arguments of this process, else their UTF-8.</summary>
    public static IReadOnlyList<byte[]> Of(IReadOnlyList<string> words) =>
        words.Any(word => word.Contains('\uFFFD', StringComparison.Ordinal)) && AsGiven(words) is { } given
            ? given
            : [.. words.Select(word => Ended(System.Text.Encoding.UTF8.GetBytes(word)))];

    private static List<byte[]>? AsGiven(IReadOnlyList<string> words)
    {
        try
        {
            var all = File.ReadAllBytes(OwnArguments).AsSpan();
            var given = new List<byte[]>();
            for (var end = all.IndexOf((byte)0); end >= 0; end = all.IndexOf((byte)0))
            {
                given.Add(Ended(all[..end]));
                all = all[(end + 1)..];
            }

            given = [.. given.TakeLast(words.Count)];
            return given.Select(word => System.Text.Encoding.UTF8.GetString(word.AsSpan(0, word.Length - 1))).SequenceEqual(words) ? given : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Where nobody tells, the replaced characters are all there is.
            return null;
        }
    }

    private static byte[] Ended(ReadOnlySpan<byte> word) => [.. word, 0];
}
