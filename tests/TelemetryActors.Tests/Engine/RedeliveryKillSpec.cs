using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using TelemetryActors.Browsing;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Tests.Engine;

/// <summary>Replays, retried and purged dead letters, with a kill at every single change of the disk.</summary>
public sealed partial class RedeliveryKillSpec : IDisposable
{
    private const string Name = "sink";
    private const int IsOfSync = -1;
    private readonly string _directory = Directory.CreateTempSubdirectory("telemetryactors-").FullName;
    private readonly ManualTime _time = new();
    private readonly MemoryEventSource _source = new();
    private readonly ConcurrentQueue<long> _delivered = new();
    private long[] _refused = [2, 5, 7];
    private volatile bool _refuses = true;
    private DyingFileSystem? _disk;

    public static TheoryData<int> Changes()
    {
        var changes = new TheoryData<int>();
        for (var change = 0; change < 24; change++)
        {
            changes.Add(change);
        }

        return changes;
    }

    public static TheoryData<int, bool> ChangesAndVerdicts()
    {
        var changes = new TheoryData<int, bool>();
        for (var change = 0; change < 30; change++)
        {
            changes.Add(change, true);
            changes.Add(change, false);
        }

        return changes;
    }

    // The n-th write, of which some bytes come to the file, or the n-th fsync, of which nobody knows what came of it.
    public static TheoryData<int, int> Faults()
    {
        var faults = new TheoryData<int, int>();
        for (var fault = 1; fault <= 10; fault++)
        {
            faults.Add(fault, IsOfSync);
            faults.Add(fault, 0);
            faults.Add(fault, 30);
            faults.Add(fault, 250);
        }

        return faults;
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Retried_letters_are_neither_lost_nor_dead_twice(int change)
    {
        await LeaveLettersAsync();
        Ask(new SinkCommand(SinkCommandKind.Retry, "ops", _time.GetUtcNow(), null) { Letters = new DeadLetterSelection() });

        var status = await KillAndGoOnAsync(change);

        Assert.Equal((10L, 10L, 0L, 0L), (status.Accepted, status.Delivered, status.Pending, status.DeadLettered));
        Assert.Equal(Enumerable.Range(0, 10).Select(number => (long)number), _delivered.Distinct().Order());
        Assert.All(_delivered.GroupBy(number => number), same => Assert.InRange(same.Count(), 1, 2));
        Assert.Equal(0, Letters());
        AssertSound();
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Refused_letters_are_written_once(int change)
    {
        _source.Append(10);
        _disk = new DyingFileSystem(DiskFileSystem.Instance, change);
        await using (var killed = Start(_disk))
        {
            Eventually.True(() => _disk.IsDead || IsThrough(killed), between: Tick);
        }

        _disk = null;
        await using var next = Start(DiskFileSystem.Instance);
        Eventually.True(() => IsThrough(next), between: Tick);

        Assert.Equal((3L, 3), (next.Statuses[0].DeadLettered, Letters()));
        AssertSound();
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Purged_letters_are_counted_once(int change)
    {
        await LeaveLettersAsync();
        var ids = new DeadLetterBrowser(DiskFileSystem.Instance, _directory).Read(Name, new DeadLetterSelection(), []).Select(letter => letter.Id).ToList();
        Ask(new SinkCommand(SinkCommandKind.Purge, "ops", _time.GetUtcNow(), "known") { Letters = new DeadLetterSelection() });

        var status = await KillAndGoOnAsync(change);

        Assert.Equal((10L, 7L, 0L, 0L), (status.Accepted, status.Delivered, status.Pending, status.DeadLettered));
        Assert.Equal(3, status.Redeliveries[0].Dropped[DropReason.Purged]);
        Assert.Equal(0, Letters());
        var receipt = JsonDocument.Parse(Assert.Single(File.ReadAllLines(SinkPaths.Receipts(_directory, Name)))).RootElement;
        Assert.Equal(("ops", "known", 3), (receipt.GetProperty("who").GetString(), receipt.GetProperty("why").GetString(), receipt.GetProperty("letters").GetInt32()));
        Assert.Equal(ids, receipt.GetProperty("ids").EnumerateArray().Select(id => id.GetString()));
        AssertSound();
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_replay_goes_on_where_it_was(int change)
    {
        await LeaveLettersAsync();
        _refuses = false;
        _delivered.Clear();
        Ask(new SinkCommand(SinkCommandKind.Replay, "ops", _time.GetUtcNow(), null)
        {
            Replay = new ReplayRequest(new ReplayTime(_time.GetUtcNow(), _time.GetUtcNow()), [new ReplayStretch(1, _source.At(1), _source.At(9))]),
        });

        var status = await KillAndGoOnAsync(change);

        Assert.Equal((18L, 15L, 0L, 3L), (status.Accepted, status.Delivered, status.Pending, status.DeadLettered));
        Assert.Equal(Enumerable.Range(1, 8).Select(number => (long)number), _delivered.Distinct());
        Assert.InRange(_delivered.Count, 8, 10);
        AssertSound();
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_replay_of_refused_events_makes_no_second_letters(int change)
    {
        await LeaveLettersAsync();
        Ask(new SinkCommand(SinkCommandKind.Replay, "ops", _time.GetUtcNow(), null)
        {
            Replay = new ReplayRequest(new ReplayTime(_time.GetUtcNow(), _time.GetUtcNow()), [new ReplayStretch(1, _source.At(1), _source.At(9))]),
        });

        var status = await KillAndGoOnAsync(change, refuses: true);

        var letters = new DeadLetterBrowser(DiskFileSystem.Instance, _directory).Read(Name, new DeadLetterSelection(), []).ToList();
        Assert.Equal((15L, 12L, 0L, 3L), (status.Accepted, status.Delivered, status.Pending, status.DeadLettered));
        Assert.Equal((3, 3), (letters.Count, letters.DistinctBy(letter => letter.Id).Count()));
        Assert.All(letters, letter => Assert.InRange(letter.Attempt, 2, int.MaxValue));
        AssertSound();
    }

    [Theory]
    [MemberData(nameof(Changes))]
    [Trait("Feature", "S1.18")]
    public async Task Letters_that_are_retried_and_replayed_at_once_are_one_each(int change)
    {
        await LeaveLettersAsync();
        Ask(new SinkCommand(SinkCommandKind.Replay, "ops", _time.GetUtcNow(), null)
        {
            Replay = new ReplayRequest(new ReplayTime(_time.GetUtcNow(), _time.GetUtcNow()), [new ReplayStretch(1, _source.At(1), _source.At(9))]),
        });
        Ask(new SinkCommand(SinkCommandKind.Retry, "ops", _time.GetUtcNow(), null) { Letters = new DeadLetterSelection() });

        var status = await KillAndGoOnAsync(change, refuses: true);

        Assert.Equal((3L, 3), (status.DeadLettered, Letters()));
        AssertSound();
        await AssertRetriedAsync(status.Accepted);
    }

    [Theory]
    [MemberData(nameof(ChangesAndVerdicts))]
    [Trait("Feature", "S1.18")]
    public async Task First_letters_of_a_replay_are_counted_once_whatever_the_sink_says_the_second_time(int change, bool refusesAgain)
    {
        await DeliverAllAsync();
        Ask(new SinkCommand(SinkCommandKind.Replay, "ops", _time.GetUtcNow(), null)
        {
            Replay = new ReplayRequest(new ReplayTime(_time.GetUtcNow(), _time.GetUtcNow()), [new ReplayStretch(1, _source.At(1), _source.At(9))]),
        });

        _refuses = true;
        var status = await KillAndGoOnAsync(change, refusesAgain, refusesFirst: true);

        Assert.Equal((18L, 0L, 18L), (status.Accepted, status.Pending, status.Delivered + status.DeadLettered));
        Assert.Equal(status.DeadLettered, Letters());
        Assert.True(!refusesAgain || status.DeadLettered == 3, status.ToString());
        AssertSound();
        await AssertRetriedAsync(status.Accepted);
    }

    [Theory]
    [MemberData(nameof(ChangesAndVerdicts))]
    [Trait("Feature", "S1.18")]
    public async Task First_letters_of_new_events_are_counted_once_whatever_the_sink_says_the_second_time(int change, bool refusesAgain)
    {
        // The very first batch is one of them: nothing of its slot is kept yet.
        _refused = [1, 5, 7];
        _source.Append(10);

        var status = await KillAndGoOnAsync(change, refusesAgain, refusesFirst: true);

        await AssertEachCountedOnceAsync(status);
    }

    [Theory]
    [MemberData(nameof(ChangesAndVerdicts))]
    [Trait("Feature", "S1.18")]
    public async Task Retried_letters_that_are_refused_again_are_counted_once_whatever_the_sink_says_then(int change, bool refusesAgain)
    {
        await LeaveLettersAsync();
        Ask(new SinkCommand(SinkCommandKind.Retry, "ops", _time.GetUtcNow(), null) { Letters = new DeadLetterSelection() });

        var status = await KillAndGoOnAsync(change, refusesAgain, refusesFirst: true);

        await AssertEachCountedOnceAsync(status);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    [Trait("Feature", "S1.18")]
    public async Task First_letters_are_counted_once_whatever_fails_while_they_are_written(int fault, int kept)
    {
        _refused = [0, 1, 5, 6, 7];
        _source.Append(10);

        var status = await FailOnceAndGoOnAsync(fault, kept);

        Assert.Equal((5L, 5), (status.DeadLettered, Letters()));
        await AssertEachCountedOnceAsync(status);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    [Trait("Feature", "S1.18")]
    public async Task Letters_that_are_refused_again_or_for_the_first_time_are_counted_once_whatever_fails_while_they_are_written(int fault, int kept)
    {
        await LeaveLettersAsync();
        _refused = [2, 3, 5, 6, 7];
        Ask(new SinkCommand(SinkCommandKind.Replay, "ops", _time.GetUtcNow(), null)
        {
            Replay = new ReplayRequest(new ReplayTime(_time.GetUtcNow(), _time.GetUtcNow()), [new ReplayStretch(1, _source.At(1), _source.At(9))]),
        });

        var status = await FailOnceAndGoOnAsync(fault, kept);

        Assert.Equal((15L, 10L, 5L, 5), (status.Accepted, status.Delivered, status.DeadLettered, Letters()));
        AssertSound();
        await AssertRetriedAsync(status.Accepted);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Letters_and_states_of_before_letters_had_numbers_are_gone_on_from(int change)
    {
        _source.Append(10);

        var status = await KillAndGoOnAsync(change, refuses: true, between: ForgetNumbers);

        Assert.Equal((10L, 7L, 3L, 3), (status.Accepted, status.Delivered, status.DeadLettered, Letters()));
        AssertSound();
        ForgetNumbers();
        await AssertRetriedAsync(status.Accepted);
    }

    [Theory]
    [MemberData(nameof(ChangesAndVerdicts))]
    [Trait("Feature", "S1.18")]
    public async Task Letters_of_a_lost_state_are_counted_once_whatever_the_sink_says_of_their_events(int change, bool refusesAgain)
    {
        await LeaveLettersAsync();
        AddLetterOfAnotherStream();
        File.Delete(SinkPaths.State(_directory, Name));

        var status = await KillAndGoOnAsync(change, refusesAgain, refusesFirst: true);

        await AssertFourLettersAsync(status, refusesAgain);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    [Trait("Feature", "S1.18")]
    public async Task So_are_those_without_numbers_of_a_state_that_cannot_be_read(int change)
    {
        await LeaveLettersAsync();
        AddLetterOfAnotherStream();
        ForgetNumbers();
        File.WriteAllText(SinkPaths.State(_directory, Name), "no state");

        var status = await KillAndGoOnAsync(change, refuses: true);

        await AssertFourLettersAsync(status, refusesAgain: true);
    }

    [Fact]
    [Trait("Feature", "S1.18")]
    public async Task So_are_those_of_a_lost_state_that_an_operator_wrote_to_before_the_sink_began()
    {
        await LeaveLettersAsync();
        AddLetterOfAnotherStream();
        File.Delete(SinkPaths.State(_directory, Name));
        new SinkStateFile(DiskFileSystem.Instance, _directory, Name).Begin(new SinkCommandFile(DiskFileSystem.Instance, _directory, Name));

        await AssertRetriedAsync(14);
    }

    // Its event never comes again.
    private void AddLetterOfAnotherStream()
    {
        var path = SinkPaths.DeadLetters(_directory, Name);
        var last = File.ReadLines(path).Last();
        File.AppendAllText(path, StreamNames().Replace(last, $"\"stream\":\"{new StreamId(9)}\"").Replace("\"number\":3", "\"number\":4", StringComparison.Ordinal) + "\n");
    }

    [GeneratedRegex("\"stream\":\"[0-9a-f]+\"")]
    private static partial Regex StreamNames();

    // An event that is taken now is accepted beside its letter; one that is refused is the letter it was.
    private async Task AssertFourLettersAsync(SinkStatus status, bool refusesAgain)
    {
        var letters = new DeadLetterBrowser(DiskFileSystem.Instance, _directory).Read(Name, new DeadLetterSelection(), []).ToList();
        Assert.Equal((0L, 4L, 4, 4), (status.Pending, status.DeadLettered, letters.Count, letters.DistinctBy(letter => letter.Id).Count()));
        Assert.Equal(status.Accepted, status.Delivered + status.DeadLettered);
        Assert.InRange(status.Delivered, 7, refusesAgain ? 7 : 10);
        AssertSound();
        await AssertRetriedAsync(status.Accepted);
    }

    private void ForgetNumbers()
    {
        foreach (var path in new[] { SinkPaths.DeadLetters(_directory, Name), SinkPaths.State(_directory, Name) }.Where(File.Exists))
        {
            File.WriteAllText(path, Numbers().Replace(File.ReadAllText(path), ""));
        }
    }

    [GeneratedRegex("\"(number|letters)\": ?[0-9]+,\\s*")]
    private static partial Regex Numbers();

    private async Task DeliverAllAsync()
    {
        _refuses = false;
        _source.Append(10);
        await using var engine = Start(DiskFileSystem.Instance);
        Eventually.Equal(10L, () => engine.Statuses[0].Delivered, Tick);
    }

    private async Task AssertEachCountedOnceAsync(SinkStatus status)
    {
        Assert.Equal((10L, 0L, 10L), (status.Accepted, status.Pending, status.Delivered + status.DeadLettered));
        Assert.Equal(status.DeadLettered, Letters());
        AssertSound();
        await AssertRetriedAsync(status.Accepted);
    }

    // What is dead can be retried, and is then delivered: no count has a part of it twice, or too little.
    private async Task AssertRetriedAsync(long accepted)
    {
        _refuses = false;
        Ask(new SinkCommand(SinkCommandKind.Retry, "ops", _time.GetUtcNow(), null) { Letters = new DeadLetterSelection() });
        await using var engine = Start(DiskFileSystem.Instance);
        Eventually.True(() => IsThrough(engine), between: Tick);

        var status = engine.Statuses[0];
        Assert.Equal((accepted, accepted, 0L, 0), (status.Accepted, status.Delivered, status.DeadLettered, Letters()));
        AssertSound();
    }

    private async Task LeaveLettersAsync()
    {
        _source.Append(10);
        await using var engine = Start(DiskFileSystem.Instance);
        Eventually.Equal(3L, () => engine.Statuses[0].DeadLettered);
        Eventually.Equal(3, Letters);
    }

    private async Task<SinkStatus> KillAndGoOnAsync(int change, bool refuses = false, bool? refusesFirst = null, Action? between = null)
    {
        _refuses = refusesFirst ?? refuses;
        _disk = new DyingFileSystem(DiskFileSystem.Instance, change);
        await using (var killed = Start(_disk))
        {
            Eventually.True(() => _disk.IsDead || IsThrough(killed), between: Tick);
        }

        _disk = null;
        _refuses = refuses;
        between?.Invoke();
        await using var next = Start(DiskFileSystem.Instance);
        Eventually.True(() => IsThrough(next), between: Tick);
        var status = next.Statuses[0];
        Assert.All(status.Accounts.Concat(status.Redeliveries), account => Assert.True(account.IsBalanced, account.ToString()));
        return status;
    }

    private async Task<SinkStatus> FailOnceAndGoOnAsync(int fault, int kept)
    {
        _refuses = true;
        var disk = new FaultyFileSystem(DiskFileSystem.Instance);
        if (kept == IsOfSync)
        {
            disk.FailSync(fault);
        }
        else
        {
            disk.FailWrite(fault, kept);
        }

        await using var engine = Start(disk);
        Eventually.True(() => IsThrough(engine), between: Tick);
        Assert.True(fault <= (kept == IsOfSync ? disk.Syncs : disk.Writes), $"it never came to fault {fault}");
        return engine.Statuses[0];
    }

    // The commands are read, nothing waits, and what was taken out is put away.
    private bool IsThrough(LocalEngine engine)
    {
        var path = SinkPaths.State(_directory, Name);
        if (!File.Exists(path) || engine.Statuses[0].Accounts.Count == 0 || engine.Statuses[0].Accounts[0].Cursor.Ordinal == 0)
        {
            return false;
        }

        var dead = SinkPaths.DeadDirectory(_directory);
        var state = SinkStateFormat.Read(File.ReadAllBytes(path));
        return state.CommandsRead == new SinkCommandFile(DiskFileSystem.Instance, _directory, Name).Length
            && state.Redeliveries.Count == 0
            && engine.Statuses[0].Pending == 0
            && !(Directory.Exists(dead) && Directory.GetFiles(dead).Any(file => file.Contains(".taken-", StringComparison.Ordinal)));
    }

    private void AssertSound()
    {
        var overview = new SinkBrowser(DiskFileSystem.Instance, _directory).All([], []).Single(sink => sink.Name == Name);
        Assert.Empty(SinkAudit.Check(overview, [], DiskFileSystem.Instance, _directory));
    }

    private LocalEngine Start(IFileSystem disk)
    {
        IEventSource[] sources = [_source];
        var policy = SinkPolicies.EventLog with { MaxBatchEvents = 2, CallTimeout = TimeSpan.FromHours(1), ProbeTimeout = TimeSpan.FromHours(1) };
        var engine = new LocalEngine(new PipelineDefinition([new SinkDefinition(Name, policy, _ => new RefusingSink(this))]), new EngineEnvironment
        {
            BaseDirectory = _directory,
            Sources = () => sources,
            Signal = _source,
            Raise = _ => { },
            Time = _time,
            Files = disk,
            Jitter = () => 0,
        });
        engine.Start();
        return engine;
    }

    private void Ask(SinkCommand command) => new SinkCommandFile(DiskFileSystem.Instance, _directory, Name).Append(command);

    private int Letters() => File.Exists(SinkPaths.DeadLetters(_directory, Name)) ? File.ReadLines(SinkPaths.DeadLetters(_directory, Name)).Count() : 0;

    private void Tick() => _time.Advance(TimeSpan.FromMilliseconds(200));

    private sealed class RefusingSink(RedeliveryKillSpec spec) : ISink
    {
        public ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
        {
            // A process that is dead delivers nothing.
            if (spec._disk is { IsDead: true })
            {
                return ValueTask.FromResult<SinkOutcome>(new SinkOutcome.Retry("the process was killed"));
            }

            var numbers = batch.Events().Select(Lines.NumberOf).ToList();
            var refused = numbers.Index().Where(entry => spec._refuses && spec._refused.Contains(entry.Item)).Select(entry => new RejectedItem(entry.Index, "no")).ToList();
            foreach (var number in numbers.Where((_, index) => refused.All(item => item.Index != index)))
            {
                spec._delivered.Enqueue(number);
            }

            return ValueTask.FromResult(refused.Count == 0 ? SinkOutcome.Delivered
                : refused.Count == numbers.Count ? new SinkOutcome.Rejected("no")
                : new SinkOutcome.PartlyDelivered(refused));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
