namespace TelemetryActors.Slots;

/// <summary>What someone does to a log file by hand.</summary>
/// <param name="random">Chooses what, and where.</param>
internal sealed class Tampering(Random random)
{
    private const int GarbageBytes = 300;
    private const int MostLines = 4;

    private static ReadOnlySpan<byte> Beginning => "{\"ts\""u8;

    /// <summary>Changes a file.</summary>
    /// <returns>What was done to it and to the lines it held.</returns>
    public Damage Change(string path)
    {
        var before = File.ReadAllBytes(path);
        var altered = new List<byte[]>();
        var deed = Do(path, before, altered);
        var after = File.Exists(path) ? File.ReadAllBytes(path) : [];
        return new Damage(deed, [.. Moved(before, after)], altered, IsShifted: deed is "shortened" or "replaced");
    }

    private string Do(string path, byte[] before, List<byte[]> altered)
    {
        switch (random.Next(7))
        {
            case 0:
                File.Delete(path);
                return "deleted";
            case 1:
                Cut(path, random.NextInt64(before.Length + 1));
                return "cut";
            case 2:
                File.AppendAllText(path, "what a user wrote\n");
                return "appended";
            case 3:
                var garbage = new byte[Math.Min(before.Length, GarbageBytes)];
                random.NextBytes(garbage);
                Write(path, garbage, random.NextInt64(before.Length - garbage.Length + 1));
                return "garbage";
            case 4:
                var shorter = WithoutLines(before);
                Write(path, shorter, 0);
                Cut(path, shorter.Length);
                return "shortened";
            case 5:
                // As editors do it: another file takes the name.
                File.WriteAllBytes(path + "~", WithoutLines(before));
                File.Move(path + "~", path, overwrite: true);
                return "replaced";
            default:
                Alter(path, before, altered);
                return "altered";
        }
    }

    /// <summary>The lines that stand before a file's first anchor or behind half a line: what its writer has put there since someone has changed that.</summary>
    public static IEnumerable<byte[]> Unplaced(string path)
    {
        var content = File.ReadAllBytes(path);
        var lines = LinesOf(content).Select(line => content[line]).ToList();
        return lines.TakeWhile(line => line.AsSpan().IndexOf("\"log_anchor\""u8) < 0).Concat(lines.Where(line => line.AsSpan().LastIndexOf(Beginning) != 0)).Select(Whole);
    }

    /// <summary>The event at the end of a line, whatever stands before it.</summary>
    public static byte[] Whole(byte[] line) => line[Math.Max(line.AsSpan().LastIndexOf(Beginning), 0)..];

    /// <summary>Cuts a file off.</summary>
    public static void Cut(string path, long length)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.SetLength(file, Math.Min(length, RandomAccess.GetLength(file)));
    }

    private static void Write(string path, byte[] bytes, long offset)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(file, bytes, offset);
    }

    private byte[] WithoutLines(byte[] content)
    {
        var lines = LinesOf(content).ToList();
        var from = random.Next(lines.Count + 1);
        var to = Math.Min(lines.Count, from + random.Next(1, MostLines));
        return [.. lines.Where((_, index) => index < from || index >= to).SelectMany(line => content[line])];
    }

    // Another event of the same length: what no reader can tell from what was written.
    private void Alter(string path, byte[] content, List<byte[]> altered)
    {
        var events = LinesOf(content).Where(line => content.AsSpan(line).IndexOf("\"event\":\"e\""u8) >= 0).ToList();
        if (events.Count == 0)
        {
            return;
        }

        var chosen = events[random.Next(events.Count)];
        var line = content[chosen];
        line[line.AsSpan().IndexOf("\"e\""u8) + 1] = (byte)'f';
        altered.Add(line);
        Write(path, line, chosen.Start.Value);
    }

    // An anchor says where the lines behind it stand: without it they stand nowhere.
    private static IEnumerable<byte[]> Moved(byte[] before, byte[] after)
    {
        var isAnchored = true;
        foreach (var line in LinesOf(before))
        {
            var content = before[line];
            var isThere = after.Length >= line.End.Value && after.AsSpan(line).SequenceEqual(content) && BeginsAt(after, line.Start.Value);
            isAnchored = content.AsSpan().IndexOf("\"log_anchor\""u8) >= 0 ? isThere : isAnchored;
            if (!isThere || !isAnchored)
            {
                yield return content;
            }
        }
    }

    private static bool BeginsAt(byte[] content, int offset) => offset == 0 || content[offset - 1] == (byte)'\n';

    private static IEnumerable<Range> LinesOf(byte[] content)
    {
        for (var at = 0; Array.IndexOf(content, (byte)'\n', at) is >= 0 and var end; at = end + 1)
        {
            yield return at..(end + 1);
        }
    }

    /// <summary>What has become of a file.</summary>
    /// <param name="Deed">What was done.</param>
    /// <param name="Moved">The whole lines that do not stand any more where they stood, or behind an anchor that does not.</param>
    /// <param name="Altered">Lines that stand there instead and look like events.</param>
    /// <param name="IsShifted">Whether lines stand at other places than before.</param>
    internal sealed record Damage(string Deed, IReadOnlyList<byte[]> Moved, IReadOnlyList<byte[]> Altered, bool IsShifted);
}
