using System.Globalization;
using System.Text.Json;
using TelemetryActors.Encoding;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Slots;

/// <summary>Two places with ring directories of their own that share one base directory; neither sees the other's rings.</summary>
public abstract class StrandedPlaces : IDisposable
{
    private const string Instance = "abcdefghjkm";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("stranded-");
    private long _id;

    protected StrandedPlaces() => Begin("one");

    internal SlotSettings Here { get; private set; }

    internal SlotSettings There { get; private set; }

    public void Dispose() => _root.Delete(recursive: true);

    protected string Rings => Here.Placement.Directory!;

    protected string[] LeftBehind() => [.. Directory.GetFiles(Rings), .. Directory.GetFiles(Here.Base.State, "slot-*")];

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(Here), nameof(There))]
    protected void Begin(string name)
    {
        _id = 0;
        var root = _root.CreateSubdirectory(name);
        var folder = new BaseFolder(Path.Combine(root.FullName, "base"), "spec");
        Here = new SlotSettings(
            folder, DiskFileSystem.Instance, new ManualTime(), new LogOptions(), new RingPlacement(root.CreateSubdirectory("here").FullName, "spec"), 64 * 1024, TimeSpan.Zero);
        There = Here with { Placement = new RingPlacement(root.CreateSubdirectory("there").FullName, "spec") };
    }

    internal void Record(WriterSlot slot, int events, string name = "told", string run = "")
    {
        for (var count = 0; count < events; count++)
        {
            _id++;
            var ofRun = run.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $",\"agent\":\"crawler\",\"run_id\":\"{run}\",\"run_seq\":{_id,10}");
            var line = string.Create(
                CultureInfo.InvariantCulture, $"{{\"ts\":\"2026-03-01T12:00:00Z\",\"event\":\"{name}\",\"details\":{{\"n\":{_id}}}{ofRun},\"id\":\"{Instance}-{_id:00000000000000}\"}}\n");
            Assert.Equal(DropReason.None, slot.Ring.AppendEncoded(System.Text.Encoding.UTF8.GetBytes(line), 1, mayWait: false));
        }
    }

    // Some of its events are in the log, the others in its ring alone.
    internal void DieHere(int logged, int left, SlotSettings? settings = null, string run = "")
    {
        var dead = WriterSlot.Open(settings ?? Here);
        Record(dead, logged);
        if (logged > 0)
        {
            dead.Write();
        }

        Record(dead, left, run: run);
        if (run.Length > 0)
        {
            // The events here have ids of no process.
            dead.Ring.ForgetWriter();
        }

        dead.Forget();
    }

    // Whoever is there sees none of the rings that are here.
    protected T OutOfSight<T>(Func<T> act)
    {
        Directory.Move(Rings, Rings + ".away");
        try
        {
            return act();
        }
        finally
        {
            Directory.Move(Rings + ".away", Rings);
        }
    }

    internal WriterSlot OpenThere(int events = 0) => OutOfSight(() =>
    {
        var slot = WriterSlot.Open(There);
        slot.BeginTracking(There);
        if (events > 0)
        {
            Record(slot, events, "there");
            slot.Write();
        }

        return slot;
    });

    internal int Bring(SlotSettings? settings = null) => new StrandedRings(settings ?? Here, EndRun, _ => { }).BringAll(exception => Assert.Fail(exception.ToString()));

    /// <summary>No boot of this machine.</summary>
    protected static byte[] EarlierBoot { get; } = [.. Enumerable.Repeat((byte)1, 16)];

    // In place: the file may still be mapped, and must not be cut for a moment.
    protected static void Overwrite(string ring, ReadOnlySpan<byte> old, ReadOnlySpan<byte> now)
    {
        using var handle = File.OpenHandle(ring, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var header = new byte[RingHeader.Bytes];
        Assert.Equal(header.Length, RandomAccess.Read(handle, header, 0));
        var at = header.AsSpan().IndexOf(old);
        Assert.NotEqual(-1, at);
        RandomAccess.Write(handle, now, at);
    }

    internal static bool EndRun(EventRing ring, string run, string agent)
    {
        var line = System.Text.Encoding.UTF8.GetBytes($"{{\"ts\":\"2026-03-02T12:00:00Z\",\"event\":\"run_end\",\"details\":{{\"status\":\"abandoned\",\"agent_name\":\"{agent}\"}},\"run_id\":\"{run}\",\"id\":\"{run}-end\"}}\n");
        return ring.AppendEncoded(line, 1, mayWait: false) == DropReason.None;
    }

    internal List<EventLine> Lines() =>
    [
        .. Directory.GetFiles(Path.Combine(Here.Base.Path, "raw"), "*.ndjson").OrderBy(Path.GetFileNameWithoutExtension, StringComparer.Ordinal).SelectMany(File.ReadLines)
            .Select(line => EventLine.TryParse(System.Text.Encoding.UTF8.GetBytes(line), out var parsed, out _) ? parsed : throw new JsonException(line))
            .Where(line => !line.IsAnchor),
    ];

    protected long[] Told() => [.. Lines().Where(line => line.Event == "told").Select(line => TestKit.Lines.NumberOf(line.Bytes))];
}
