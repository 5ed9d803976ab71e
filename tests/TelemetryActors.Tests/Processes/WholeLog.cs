using TelemetryActors.Browsing;
using TelemetryActors.Events;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Processes;

/// <summary>What the files of a base directory prove of it, as <c>telemetry doctor</c> looks at them.</summary>
internal static class WholeLog
{
    /// <summary>What <c>telemetry doctor</c> would call a fault now, before anybody starts: of the rings that were left, and of the log with what they hold.</summary>
    public static IReadOnlyList<string> FaultsNow(SlotSettings settings)
    {
        var logs = SlotLog.All(settings.Files, settings.Base.Path);
        var look = new SlotRings(settings.Files, settings.Base, settings.Placement, logFile: null);
        var rings = look.All(logs);
        return [.. rings.Select(ring => ring.Fault).OfType<string>(), .. LogAudit.Check(look.Joined(logs, rings)).SelectMany(slot => slot.Faults)];
    }

    /// <summary>No fault, and each event of each slot is in the files once or dropped for one of the reasons.</summary>
    /// <returns>Events that are dropped.</returns>
    public static long Balances(string baseDirectory, params DropReason[] reasons)
    {
        var logs = SlotLog.All(DiskFileSystem.Instance, baseDirectory);
        List<string> faults = [];
        var account = new SinkBrowser(DiskFileSystem.Instance, baseDirectory).All(logs, faults)[0];
        faults.AddRange(LogAudit.Check(logs).SelectMany(slot => slot.Faults));
        Assert.Empty(faults);
        Assert.All(account.Accounts, slot => Assert.True(slot.IsBalanced, slot.ToString()));
        Assert.All(account.DroppedByReason, drop => Assert.Contains(drop.Key, reasons));
        return account.Dropped.Total;
    }
}
