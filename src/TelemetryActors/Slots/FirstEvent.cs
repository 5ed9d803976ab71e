using TelemetryActors.Encoding;
using TelemetryActors.Log;
using TelemetryActors.Ring;

namespace TelemetryActors.Slots;

/// <summary>Whose event stands at a position: in a ring, and in the log's files. Of lines longer than 64 KiB, and of ids that no client made, nobody can tell.</summary>
internal static class FirstEvent
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>Whether the files hold at a ring's begin an event whose id another client made than that of the ring's own event there.</summary>
    public static bool IsAnothers(EventRing ring, RecoveredLog recovered, LogFolder folder)
    {
        if (recovered.Index.Find(ring.Begin) is not { Stretch: { IsGone: false } stretch } || ring.Floor > ring.Begin)
        {
            return false;
        }

        var buffer = new byte[MaxBytes];
        var inRing = ClientOf(buffer.AsMemory(0, Math.Max(ring.Read(ring.Begin, buffer.AsSpan(0, (int)Math.Min(MaxBytes, ring.Tail.Position - ring.Begin))), 0)));
        return inRing is not null && InFile(stretch, ring.Begin, folder, buffer) is { } inFile && inFile != inRing;
    }

    private static string? InFile(LogStretch stretch, long position, LogFolder folder, byte[] buffer)
    {
        try
        {
            using var file = folder.Files.OpenPlain(folder.PathOf(stretch.File), writable: false);
            return ClientOf(buffer.AsMemory(0, file.Read(buffer, stretch.Offset + position - stretch.Start.Position)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What cannot be read says nothing of whose it is.
            return null;
        }
    }

    private static string? ClientOf(ReadOnlyMemory<byte> bytes) =>
        bytes.Span.IndexOf((byte)'\n') is > 0 and var end && EventLine.TryParse(bytes[..end], out var line, out _) && line.Id is { } id
            ? EventId.InstanceOf(System.Text.Encoding.UTF8.GetBytes(id))
            : null;
}
