using System.Diagnostics;
using System.Globalization;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Ring;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Processes;

/// <summary>A real process dies before each call that changes its ring's file or its slot's lock, or is refused it; what the log's own files are in for has specs of its own.</summary>
[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
[Trait("Feature", "S4.9")]
public sealed class RingDeathSpec : IDisposable
{
    private const int MostCalls = 40;
    private const int FewestDeaths = 12;
    private const int FewestRefusals = 5;
    private const int Left = 5;
    private const int Events = 20;
    private const string Run = "run-left-open";

    // As strace counts them: each call of its own, on each thread.
    private static readonly string[] Changes = ["openat", "flock", "fallocate", "mmap", "unlink"];
    private static readonly string[] Looks = ["statx", "fstat", "pread64"];

    private readonly ProcessFolder _folder = new();
    private readonly KeptFolder _kept;
    private readonly SlotSettings _settings;

    public RingDeathSpec()
    {
        _kept = new KeptFolder(_folder);
        _settings = new SlotSettings(
            new BaseFolder(_folder.Base, "spec"), DiskFileSystem.Instance, TimeProvider.System, new LogOptions(), new RingPlacement(_folder.Rings, "spec"), 16 * 1024, TimeSpan.Zero);
    }

    // The suite makes every fifth refusal.
    private static int Step => ProcessFolder.IsLong ? 1 : 5;

    public void Dispose()
    {
        _kept.Dispose();
        _folder.Dispose();
    }

    [FactNeeding("strace")]
    public void Who_dies_before_any_call_of_taking_a_ring_over_leaves_every_event_once_and_nothing_in_doubt() => DieTakingOver(isInLog: false);

    [FactNeeding("strace")]
    public void So_does_who_dies_taking_over_one_whose_events_are_all_in_the_log() => DieTakingOver(isInLog: true);

    [FactNeeding("strace")]
    public void Who_is_refused_any_call_of_taking_a_ring_over_lives_and_nothing_is_lost()
    {
        var ring = LeaveRing();
        var refusals = 0;

        foreach (var call in Changes.Concat(Looks))
        {
            for (var number = 1; number <= MostCalls; number += Step)
            {
                _kept.PutBack();
                using var writer = _folder.Write("refused", 1, Events, ["strace", "-f", "-qq", "-o", Trace, .. Faults(ring, call, "error=EIO", number)]);

                Assert.Equal(0, writer.WaitForExit());
                Assert.Equal(Events, writer.Accepted[0]);
                AssertWhole($"refused {call} {number}").Hold("refused", writer.Accepted);
                if (!File.ReadAllText(Trace).Contains("INJECTED", StringComparison.Ordinal))
                {
                    break;
                }

                refusals++;
            }
        }

        Assert.InRange(refusals, FewestRefusals, (Changes.Length + Looks.Length) * MostCalls);
    }

    [FactNeeding("strace")]
    public void Who_dies_before_any_call_of_giving_a_slot_back_leaves_every_event_once()
    {
        var ring = LeaveRing();

        var deaths = Enumerable.Range(1, MostCalls).TakeWhile(number =>
        {
            _kept.PutBack();
            using var writer = new WriterProcess(_folder.Base, _folder.Rings, "killed", 1, crash: "told");
            writer.Record("told");
            using var strace = Process.Start("strace", ["-f", "-qq", "-o", Trace, "-p", Number(writer.Id), .. Faults(ring, "unlink", "signal=KILL", number)]);
            Eventually.True(() => IsTraced(writer.Id));

            var isKilled = writer.End() != 0;
            ProcessEnd.WaitFor(strace);

            AssertWhole($"killed before unlink {number}");
            Assert.Single(LogLines(), line => line.Contains("\"event\":\"told\"", StringComparison.Ordinal));
            return isKilled;
        }).Count();

        Assert.InRange(deaths, 2, MostCalls);
    }

    private void DieTakingOver(bool isInLog)
    {
        var ring = LeaveRing(isInLog);

        var deaths = Changes.Append("rename").Sum(call => Enumerable.Range(1, MostCalls).TakeWhile(number =>
        {
            _kept.PutBack();
            using var writer = _folder.Write("killed", 1, Events, ["strace", "-f", "-qq", "-o", Trace, "-P", State, .. Faults(ring, call, "signal=KILL", number)]);
            var isKilled = writer.WaitForExit() != 0;

            AssertWhole($"killed before {call} {number}").Hold("killed", writer.Accepted);
            return isKilled;
        }).Count());

        Assert.InRange(deaths, FewestDeaths, MostCalls);
    }

    private string Trace => _kept.PathOf("trace");

    private string State => Path.Combine(_settings.Base.SinkStates, "jsonl.json");

    // A dead writer's slot: an open run, and five events, two of them in its ring alone.
    private string LeaveRing(bool isInLog = false)
    {
        var dead = WriterSlot.Open(_settings);
        Append(dead, $"{{\"ts\":\"2026-03-01T12:00:00Z\",\"event\":\"run_start\",\"details\":{{}},\"run_id\":\"{Run}\",\"id\":\"{dead.Ring.Instance}-00000000000001\"}}\n");
        Append(dead, 1, 3);
        dead.Write();
        Append(dead, 4, Left);
        if (isInLog)
        {
            dead.Write();
        }

        dead.Forget();
        _kept.Keep();
        return dead.Ring.Path!;
    }

    private string[] Faults(string ring, string call, string fault, int number) =>
        ["-P", ring, "-P", SlotLocks.PathOf(_settings.Base, 1), "-e", $"trace={call}", "-e", $"inject={call}:{fault}:when={Number(number)}"];

    // What doctor and the next start find: each event once and in order, none in doubt and no position left out, the open run ended once, and a slot that can be
    // used and given back.
    private WrittenEvents AssertWhole(string what)
    {
        Assert.True(WholeLog.FaultsNow(_settings) is [], $"{what}: {string.Join(' ', WholeLog.FaultsNow(_settings))}");
        var ended = 0;
        SlotTakeOver.Run(
            _settings,
            0,
            slot =>
            {
                Assert.False(slot.Start.InDoubt, what);
                slot.LeftRuns.End((run, _) => ++ended > 0 && run == Run);
            },
            exception => Assert.Fail($"{what}: {exception}"));
        using (var next = WriterSlot.Open(_settings))
        {
            Assert.Equal((1, false), (next.Number, next.Start.InDoubt));
            Assert.True(next.Ring.Tail.Position < PositionJump.Step, $"{what}: positions jump to {next.Ring.Tail.Position}");
        }

        var written = new WrittenEvents(_folder.Base);
        written.Hold("left", new Dictionary<int, long> { [0] = Left });
        ended += LogLines().Count(line => line.Contains("\"event\":\"run_end\"", StringComparison.Ordinal) && line.Contains(Run, StringComparison.Ordinal));
        Assert.True(ended == 1, $"{what}: the run was ended {ended} times");
        Assert.True(WholeLog.Balances(_folder.Base) == 0, what);
        Assert.True(_folder.LeftBehind().Length == 0, $"{what}: {string.Join(' ', _folder.LeftBehind())} is left");
        return written;
    }

    private IEnumerable<string> LogLines() => Directory.GetFiles(Path.Combine(_folder.Base, "raw"), "*.ndjson").SelectMany(File.ReadLines);

    private static void Append(WriterSlot slot, int from, int to)
    {
        for (var number = from; number <= to; number++)
        {
            Append(slot, string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":\"2026-03-01T12:00:00Z\",\"event\":\"written\",\"details\":{{\"by\":\"left\",\"producer\":0,\"n\":{number}}}}}\n"));
        }
    }

    private static void Append(WriterSlot slot, string line) =>
        Assert.Equal(DropReason.None, slot.Ring.AppendEncoded(System.Text.Encoding.UTF8.GetBytes(line), 1, mayWait: false));

    private static bool IsTraced(int process) => Directory.GetDirectories($"/proc/{process}/task")
        .All(task => File.ReadLines(Path.Combine(task, "status")).Any(line => line.StartsWith("TracerPid:", StringComparison.Ordinal) && !line.EndsWith("\t0", StringComparison.Ordinal)));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
