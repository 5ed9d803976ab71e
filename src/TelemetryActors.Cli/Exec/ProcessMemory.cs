using System.Buffers.Text;
using System.Globalization;

namespace TelemetryActors.Cli.Exec;

/// <summary>What <c>/proc</c> says of the memory of a process that lives.</summary>
internal static class ProcessMemory
{
    private const int StatusBytes = 4096;
    private const int ChildrenBytes = 1024;
    private const int MaxProcesses = 64;

    /// <summary>The largest resident set that a process has had since it was executed, in bytes; null when nobody tells: it has ended, or there is no <c>/proc</c>.</summary>
    public static long? PeakOf(int process)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        status = status[..Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status"), status)];
        var at = status.IndexOf("VmHWM:"u8);
        if (at < 0)
        {
            return null;
        }

        var text = status[(at + "VmHWM:"u8.Length)..].TrimStart(" \t"u8);
        return Utf8Parser.TryParse(text, out long kibibytes, out _) ? kibibytes * 1024 : null;
    }

    /// <summary>The largest of <see cref="PeakOf"/> of a process and of its descendants that live, 64 processes at the most.</summary>
    public static long? PeakOfTree(int root)
    {
        long? peak = null;
        var known = new List<int> { root };
        for (var i = 0; i < known.Count; i++)
        {
            if (PeakOf(known[i]) is { } one)
            {
                peak = Math.Max(peak ?? 0, one);
                AddChildren(known[i], known);
            }
        }

        return peak;
    }

    private static void AddChildren(int process, List<int> known)
    {
        Span<byte> children = stackalloc byte[ChildrenBytes];
        children = children[..Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task/{process}/children"), children)];
        while (known.Count < MaxProcesses && Utf8Parser.TryParse(children, out int child, out var used))
        {
            known.Add(child);
            children = children[used..].TrimStart((byte)' ');
        }
    }

    private static int Read(string path, Span<byte> bytes)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return RandomAccess.Read(file, bytes, 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended: there is nothing to see any more.
            return 0;
        }
    }
}
