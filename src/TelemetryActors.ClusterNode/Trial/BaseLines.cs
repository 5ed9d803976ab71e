using TelemetryActors.Browsing;
using TelemetryActors.Encoding;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.ClusterNode.Trial;

/// <summary>Every line of a base directory's log, in the order of its files, with the place that it has in its stream.</summary>
internal static class BaseLines
{
    /// <summary>All events with their slots and ordinals; each is valid until the next is asked for.</summary>
    public static IEnumerable<(int Slot, Cursor At, EventLine Line)> Of(string baseDirectory)
    {
        foreach (var part in LogSnapshot.Take(DiskFileSystem.Instance, baseDirectory).Parts)
        {
            var at = default(Cursor);
            using var reader = new ForwardLineReader(DiskFileSystem.Instance.Open(part.Path, writable: false), 0, part.Length);
            while (reader.TryRead(out var bytes))
            {
                if (LogAnchor.TryParse(bytes.Span, out var next, out _))
                {
                    at = next;
                }
                else if (EventLine.TryParse(bytes, out var line, out _))
                {
                    yield return (part.Name.Slot, at, line);
                    at = at with { Ordinal = at.Ordinal + 1 };
                }
            }
        }
    }
}
