using TelemetryActors.Ring;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;

namespace TelemetryActors.Browsing;

/// <summary>Finds the event log's circuit as its writers told it: beside their rings, else in the log's state.</summary>
internal static class LogCircuit
{
    /// <summary>The circuit of the slot that is worst off; closed when nothing else is told.</summary>
    public static CircuitRecord Find(IFileSystem files, string baseDirectory, IReadOnlyList<SlotLog> logs)
    {
        var folder = new BaseFolder(baseDirectory, "");
        var rings = RingPlacement.Find(folder.State);
        var slots = logs.Select(log => log.Slot).Union(SlotLocks.Existing(folder, files));
        return slots
            .Select(slot => Of(rings, baseDirectory, slot, logs.FirstOrDefault(log => log.Slot == slot)))
            .OfType<CircuitRecord>()
            .OrderByDescending(circuit => circuit.State != CircuitState.Closed)
            .ThenByDescending(circuit => circuit.OpenUntil)
            .FirstOrDefault() ?? CircuitRecord.Closed;
    }

    private static CircuitRecord? Of(RingPlacement rings, string baseDirectory, int slot, SlotLog? log)
    {
        var stream = log is null || log.Files.Stream == Pipeline.StreamId.None ? RingFactory.FindLeft(rings, baseDirectory, slot) : log.Files.Stream;
        var told = stream is { } known ? rings.FilesOf(known, slot).Select(RingFactory.CircuitOf).FirstOrDefault(circuit => circuit is not null) : null;
        return told ?? log?.State?.Circuit;
    }
}
