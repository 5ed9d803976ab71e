using TelemetryActors.Browsing;
using TelemetryActors.Events;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Processes;

/// <summary>What the files of a base directory prove of it, as <c>telemetry doctor</c> looks at them.</summary>
internal static class WholeLog
{
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
