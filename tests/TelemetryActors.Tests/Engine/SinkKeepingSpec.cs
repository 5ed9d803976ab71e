using System.Collections.Concurrent;
using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using Xunit;

namespace TelemetryActors.Tests.Engine;

/// <summary>What a sink's worker does while the files in which it keeps its state answer badly.</summary>
[Trait("Feature", "S1.18")]
public sealed class SinkKeepingSpec : IDisposable
{
    private const string Name = "sink";

    private static readonly SinkPolicy Quick = SinkPolicies.EventLog with { CallTimeout = TimeSpan.FromHours(1), ProbeTimeout = TimeSpan.FromHours(1) };

    private readonly string _directory = Directory.CreateTempSubdirectory("telemetryactors-").FullName;
    private readonly ManualTime _time = new();
    private readonly MemoryEventSource _source = new();
    private readonly FaultyFileSystem _files = new(DiskFileSystem.Instance);
    private readonly ConcurrentQueue<SinkTransition> _transitions = new();
    private readonly RecordingSink _sink = new();
    private int _beats;

    private string StatePath => SinkPaths.State(_directory, Name);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_state_that_cannot_be_read_now_is_waited_for_and_neither_repeated_nor_overwritten()
    {
        await DeliverTenAsync();
        var kept = File.ReadAllText(StatePath);
        _files.MakeUnreadable(StatePath);

        await using var engine = Start();
        Eventually.True(() => _transitions.Any(transition => transition.Kind == SinkTransitionKind.StateFault));
        _source.Append(1);
        Array.ForEach([1, 2, 3], _ => Tick());
        Assert.Equal((10, kept), (_sink.Numbers.Count, File.ReadAllText(StatePath)));
        _files.MakeReadable(StatePath);

        Eventually.Equal(11, () => _sink.Numbers.Count, Tick);
        Assert.Equal(Enumerable.Range(0, 11).Select(number => (long)number), _sink.Numbers);
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public async Task Without_a_state_the_trail_of_commands_is_not_carried_out_again()
    {
        Command();

        await using var engine = Start();
        _source.Append(3);
        Eventually.Equal(3, () => _sink.Numbers.Count);
        Assert.False(engine.Statuses[0].IsPaused);
        Command();

        Eventually.True(() => engine.Statuses[0].IsPaused, between: Tick);
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public void A_kill_before_the_first_look_at_the_commands_does_not_bring_old_ones_back()
    {
        Command();
        using (var killed = Keeper(out _))
        {
            Assert.True(killed.TryOwn());
            Assert.NotNull(killed.Load());
        }

        using var next = Keeper(out var supervisor);
        Assert.True(next.TryOwn());
        supervisor.Load(next.Load()!);
        next.PollCommands();
        Assert.False(supervisor.Status.IsPaused);
        Command();
        next.PollCommands();

        Assert.True(supervisor.Status.IsPaused);
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public async Task What_was_asked_for_counts_as_carried_out_only_once_it_is()
    {
        await DeliverTenAsync();
        Command();
        using var keeper = Keeper(out var supervisor);
        Assert.True(keeper.TryOwn());
        supervisor.Load(keeper.Load()!);
        var loaded = supervisor.HasDoneCommands;
        _files.MakeUnreadable(SinkPaths.Commands(_directory, Name));

        keeper.PollCommands();
        var refused = supervisor.HasDoneCommands;
        _files.MakeReadable(SinkPaths.Commands(_directory, Name));
        keeper.PollCommands();

        Assert.Equal((false, false, true, true), (loaded, refused, supervisor.HasDoneCommands, supervisor.Status.IsPaused));
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public void A_status_as_a_kill_would_leave_it_counts_what_is_on_the_disk()
    {
        using var keeper = Keeper(out var supervisor);
        Assert.True(keeper.TryOwn());
        var unloaded = supervisor.KeptStatus;
        supervisor.Load(keeper.Load()!);
        keeper.PollCommands();
        _source.Append(3);
        Begin(supervisor);
        supervisor.Complete(SinkOutcome.Delivered, threw: false);

        _files.IsFull = true;
        var isKept = keeper.Keep();
        var refused = supervisor.KeptStatus!.Delivered;
        _files.IsFull = false;
        keeper.Keep();

        Assert.Null(unloaded);
        Assert.Equal((false, 0, 3, 3), (isKept, refused, supervisor.Status.Delivered, supervisor.KeptStatus!.Delivered));
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public async Task What_is_gone_is_kept_as_gone_though_nothing_is_sent_and_counts_as_given_up()
    {
        await DeliverTenAsync();
        _source.Append(5);
        _source.ForgetUpTo(15);

        await using var engine = Start();

        Eventually.Equal(5, () => engine[Name].KeptStatus?.Dropped ?? 0);
        Assert.Equal((0, 5), (engine[Name].NotTaken.SetAside, engine[Name].NotTaken.GivenUp[DropReason.Overwritten]));
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public void The_first_state_of_a_sink_that_begins_at_the_tail_says_where_that_is()
    {
        _source.Append(3);
        using var keeper = Keeper(out var supervisor, startsAtTail: true);
        Assert.True(keeper.TryOwn());

        var state = keeper.Load();
        var before = File.Exists(StatePath);
        supervisor.Load(state!);
        keeper.PollCommands();

        Assert.False(before);
        Assert.Equal(3, Assert.Single(new SinkStateFile(_files, _directory, Name).Load(_time.GetUtcNow(), out _).Accounts).Cursor.Ordinal);
    }

    [Fact]
    public async Task A_sink_that_never_ran_goes_on_without_its_file_while_the_disk_takes_none()
    {
        _files.IsFull = true;
        await using var engine = Start();
        _source.Append(3);

        Eventually.Equal(3, () => _sink.Numbers.Count, Tick);
        Assert.False(File.Exists(StatePath));
        _files.IsFull = false;

        Eventually.True(() => File.Exists(StatePath), between: Tick);
    }

    [Fact]
    [Trait("Feature", "S1.13")]
    public async Task A_batch_whose_bounds_cannot_be_kept_is_not_sent()
    {
        _source.Append(1);
        await using var engine = Start(Quick with { KeepsBoundsFirst = true });
        Eventually.Equal((1, 0L), () => (_sink.Calls, engine.Statuses[0].Pending));
        _files.MakeReadOnly(SinkPaths.StateDirectory(_directory));

        _source.Append(1);
        Eventually.True(() => _transitions.Any(transition => transition.Kind == SinkTransitionKind.StateFault));
        Array.ForEach([1, 2, 3], _ => Tick());
        Assert.Equal(1, _sink.Calls);
        _files.MakeWritable(SinkPaths.StateDirectory(_directory));

        Eventually.Equal(2, () => _sink.Numbers.Count, Tick);
    }

    [Fact]
    public void A_full_disk_that_is_still_read_is_one_fault()
    {
        using var keeper = Keeper(out var supervisor);
        Assert.True(keeper.TryOwn());
        supervisor.Load(keeper.Load()!);
        keeper.PollCommands();

        DeliverOne(supervisor);
        _files.IsFull = true;
        foreach (var _ in Enumerable.Range(0, 5))
        {
            keeper.Keep();
            keeper.PollCommands();
        }

        Assert.Single(_transitions, transition => transition.Kind == SinkTransitionKind.StateFault);
        Assert.NotNull(supervisor.Status.LastError);
    }

    [Fact]
    public void A_disk_that_is_full_every_other_second_is_told_a_few_times_and_then_once_in_a_while()
    {
        using var keeper = Keeper(out var supervisor);
        Assert.True(keeper.TryOwn());
        supervisor.Load(keeper.Load()!);
        keeper.PollCommands();

        foreach (var second in Enumerable.Range(0, 1200))
        {
            DeliverOne(supervisor);
            _files.IsFull = second % 2 == 0;
            keeper.Keep();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        string?[] told = [.. _transitions.Where(transition => transition.Kind == SinkTransitionKind.StateFault).Select(transition => transition.Cause)];
        Assert.Equal(11, told.Length);
        Assert.EndsWith("; 290 faults before it were not told", told[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Feature", "S1.18")]
    public async Task A_lock_that_is_deleted_gives_the_sink_to_nobody_and_is_made_again(bool isFirst)
    {
        var stalling = new StallingSink();
        var deleted = isFirst ? SinkPaths.Lock(_directory, Name) : SinkPaths.Owner(_directory, Name);
        _source.Append(3);
        await using var engine = Start(sink: stalling);
        Eventually.Equal(1, () => stalling.Calls);

        File.Delete(deleted);
        var other = SinkHold.TryTake(_files, _directory, Name);
        stalling.Release();
        Eventually.Equal(0, () => engine.Statuses[0].Pending, Tick);
        File.Delete(deleted);
        Eventually.True(() => File.Exists(deleted), between: Tick);

        Assert.Null(other);
        Assert.False(engine.Statuses[0].IsElsewhere);
        Assert.Null(SinkHold.TryTake(_files, _directory, Name));
    }

    [Fact]
    public void A_disk_that_takes_one_lock_alone_keeps_no_sink_from_its_work()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(StatePath)!);
        File.CreateSymbolicLink(SinkPaths.Owner(_directory, Name), Path.Combine(_directory, "not there", "owner"));

        using var hold = SinkHold.TryTake(_files, _directory, Name);

        Assert.True(hold is { IsHeld: true });
    }

    [Fact]
    [Trait("Feature", "S4.9")]
    public async Task Who_lost_the_sink_during_a_call_keeps_nothing_more()
    {
        var stalling = new StallingSink();
        _source.Append(3);
        await using var engine = Start(sink: stalling);
        Eventually.Equal(1, () => stalling.Calls);
        File.Delete(SinkPaths.Lock(_directory, Name));
        File.Delete(SinkPaths.Owner(_directory, Name));
        using var other = SinkHold.TryTake(_files, _directory, Name);
        File.WriteAllText(StatePath, "what the new owner keeps");

        stalling.Release();

        Eventually.True(() => engine.Statuses[0].IsElsewhere, between: Tick);
        Assert.Equal("what the new owner keeps", File.ReadAllText(StatePath));
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public async Task A_call_that_takes_its_time_is_kept_once_and_not_at_each_heartbeat()
    {
        var stalling = new StallingSink();
        _source.Append(3);
        await using var engine = Start(sink: stalling);
        Eventually.Equal(1, () => stalling.Calls);
        Eventually.True(() => File.ReadAllText(StatePath).Contains("\"call\"", StringComparison.Ordinal), between: Tick);
        var kept = FileStatus.Identify(StatePath);

        _source.Append(1);
        var beats = Volatile.Read(ref _beats);
        Eventually.True(() => Volatile.Read(ref _beats) >= beats + 5, between: Tick);

        Assert.Equal(4, engine.Statuses[0].Pending);
        Assert.Equal(kept, FileStatus.Identify(StatePath));
        stalling.Release();
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public void A_call_that_a_dead_process_was_in_is_none_of_the_next()
    {
        new SinkStateFile(_files, _directory, Name).Save(SinkState.Fresh with { Call = new CallUnderWay(_time.GetUtcNow(), TimeSpan.FromMinutes(1), IsGivenUp: false) });
        using var keeper = Keeper(out var supervisor);
        Assert.True(keeper.TryOwn());

        supervisor.Load(keeper.Load()!);
        keeper.PollCommands();

        Assert.Null(SinkStateFormat.Read(File.ReadAllBytes(StatePath)).Call);
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    [Trait("Feature", "D.9")]
    public void A_call_that_hangs_is_kept_though_dead_letters_were_unwritten_when_it_was_given_up()
    {
        using var keeper = Keeper(out var supervisor, Quick with { MaxBatchEvents = 1, RetryDelays = [], WhenExhausted = WhenExhausted.Discard });
        Assert.True(keeper.TryOwn());
        supervisor.Load(keeper.Load()!);
        keeper.PollCommands();
        _source.Append(3);
        Begin(supervisor);
        supervisor.Complete(new SinkOutcome.Rejected("never"), threw: false);
        Begin(supervisor);
        _time.Advance(Quick.CallTimeout);
        supervisor.Tick();
        Assert.Single(supervisor.UnwrittenLetters);

        keeper.ShowCall();

        var kept = SinkStateFormat.Read(File.ReadAllBytes(StatePath));
        Assert.Equal((true, 1, 1L), (kept.Call?.IsGivenUp, kept.Circuit.FailuresInARow, kept.Accounts[0].DeadLettered));
        Assert.Equal("never", JsonDocument.Parse(File.ReadLines(SinkPaths.DeadLetters(_directory, Name)).Single()).RootElement.GetProperty("reason").GetString());
        Assert.Empty(supervisor.UnwrittenLetters);
    }

    private void Begin(SinkSupervisor supervisor)
    {
        var plan = supervisor.TryBegin([new SlotTail(_source.Slot, _source.Tail)], hurry: false)!.Value;
        Assert.NotNull(supervisor.Loaded(plan, BatchReader.Read(_source, plan, new byte[BatchReader.BufferBytes(Quick)])));
        supervisor.Sent();
    }

    private void DeliverOne(SinkSupervisor supervisor)
    {
        _source.Append(1);
        Begin(supervisor);
        supervisor.Complete(SinkOutcome.Delivered, threw: false);
    }

    private void Command() => new SinkCommandFile(_files, _directory, Name).Append(new SinkCommand(SinkCommandKind.Pause, "ops", _time.GetUtcNow(), null));

    private async Task DeliverTenAsync()
    {
        _source.Append(10);
        await using var engine = Start();
        Eventually.Equal(10, () => _sink.Numbers.Count);
    }

    private void Tick() => _time.Advance(TimeSpan.FromMilliseconds(200));

    private LocalEngine Start(SinkPolicy? policy = null, ISink? sink = null)
    {
        var engine = new LocalEngine(new PipelineDefinition([Define(policy, sink)]), Environment());
        engine.Start();
        return engine;
    }

    private SinkKeeper Keeper(out SinkSupervisor supervisor, SinkPolicy? policy = null, bool startsAtTail = false)
    {
        supervisor = new SinkSupervisor(Define(policy, null) with { StartsAtTail = startsAtTail }, new SupervisionPolicy(), Environment());
        return new SinkKeeper(supervisor.Definition, Environment(), supervisor);
    }

    private SinkDefinition Define(SinkPolicy? policy, ISink? sink) => new(Name, policy ?? Quick, _ => sink ?? _sink);

    private EngineEnvironment Environment()
    {
        IEventSource[] sources = [_source];
        return new EngineEnvironment
        {
            BaseDirectory = _directory,
            Sources = () => sources,
            Signal = _source,
            Raise = _transitions.Enqueue,
            Time = _time,
            Files = _files,
            Jitter = () => 0,
            OnHeartbeat = () => Interlocked.Increment(ref _beats),
        };
    }
}
