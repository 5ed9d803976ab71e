using System.Globalization;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Ring;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Processes;

/// <summary>A real process that brings a ring which its slot has gone on without dies before each call that changes a file; the next one finds every event to be there once.</summary>
[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
[Trait("Feature", "S4.9")]
public sealed class StrandedRingDeathSpec : IDisposable
{
    private const int MostCalls = 24;
    private const int FewestDeaths = 8;
    private const int Left = 5;
    private const int Events = 3;

    private static readonly string[] Changes = ["rename", "unlink", "fsync"];

    private readonly ProcessFolder _folder = new();
    private readonly KeptFolder _kept;
    private readonly SlotSettings _settings;

    public StrandedRingDeathSpec()
    {
        _kept = new KeptFolder(_folder);
        _settings = new SlotSettings(
            new BaseFolder(_folder.Base, "spec"), DiskFileSystem.Instance, TimeProvider.System, new LogOptions(), new RingPlacement(_folder.Rings, "spec"), 16 * 1024, TimeSpan.Zero);
    }

    // The suite dies at every second call.
    private static int Step => ProcessFolder.IsLong ? 1 : 2;

    public void Dispose()
    {
        _kept.Dispose();
        _folder.Dispose();
    }

    [FactNeeding("strace")]
    public void Who_dies_before_any_call_of_bringing_a_ring_leaves_every_event_once()
    {
        LeaveStrandedRing();
        var deaths = 0;
        foreach (var call in Changes)
        {
            for (var number = 1; number <= MostCalls; number += Step)
            {
                _kept.PutBack();
                using var killed = _folder.Write("killed", 1, Events, ["strace", "-f", "-qq", "-o", "/dev/null", "-e", $"trace={call}", "-e", string.Create(CultureInfo.InvariantCulture, $"inject={call}:signal=KILL:when={number}")]);
                var isKilled = killed.WaitForExit() != 0;

                AssertWhole($"killed before {call} {number}").Hold("killed", killed.Accepted);
                if (!isKilled)
                {
                    break;
                }

                deaths++;
            }
        }

        Assert.InRange(deaths, FewestDeaths, Changes.Length * MostCalls);
    }

    // Two events are in the log, the others in a ring that whoever took the slot next could not see.
    private void LeaveStrandedRing()
    {
        var dead = WriterSlot.Open(_settings);
        Append(dead, 1, 2);
        dead.Write();
        Append(dead, 3, Left);
        dead.Forget();
        Directory.Move(_folder.Rings, _folder.Rings + ".away");
        var elsewhere = WriterSlot.Open(_settings with { Placement = new RingPlacement(Directory.CreateDirectory(_kept.PathOf("elsewhere")).FullName, "spec") });
        elsewhere.Release();
        Directory.Move(_folder.Rings + ".away", _folder.Rings);
        _kept.Keep();
    }

    private WrittenEvents AssertWhole(string what)
    {
        _folder.StartAndEnd("next");
        var written = new WrittenEvents(_folder.Base);
        Assert.True(written.Of("left", 0).Order().SequenceEqual(Enumerable.Range(1, Left).Select(number => (long)number)), $"{what}: {string.Join(' ', written.Of("left", 0))}");
        Assert.True(WholeLog.Balances(_folder.Base) == 0, what);
        Assert.True(_folder.LeftBehind().Length == 0, $"{what}: {string.Join(' ', _folder.LeftBehind())} is left");
        Assert.Equal(Left - 2, Assert.Single(new BroughtRings(_settings.Files, _folder.Base).Read()).Events);
        return written;
    }

    private static void Append(WriterSlot slot, int from, int to)
    {
        for (var number = from; number <= to; number++)
        {
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"ts\":\"2026-03-01T12:00:00Z\",\"event\":\"written\",\"details\":{{\"by\":\"left\",\"producer\":0,\"n\":{number}}},\"id\":\"abcdefghjkm-{number:00000000000000}\"}}\n");
            Assert.Equal(DropReason.None, slot.Ring.AppendEncoded(System.Text.Encoding.UTF8.GetBytes(line), 1, mayWait: false));
        }
    }
}
