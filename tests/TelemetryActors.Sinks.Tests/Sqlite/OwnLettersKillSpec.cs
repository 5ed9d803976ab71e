using TelemetryActors.Browsing;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Sqlite;

/// <summary>Dead letters of a sink that keeps its accounts with its data, when the state, the data or both are lost, with a kill at every change of the disk behind that.</summary>
[Trait("Feature", "S1.18")]
[Trait("Feature", "S4.11")]
public sealed class OwnLettersKillSpec : IDisposable
{
    private const int Refused = 3;
    private const int Events = 10;
    private readonly StoreFolder _folder = new();
    private readonly MemoryEventSource _source = new();
    private readonly MemoryEventSource _second = new(slot: 2, stream: 2);
    private bool _hasSecond;
    private volatile bool _isLocked;
    private volatile string? _whyHeld;

    public enum Loss
    {
        State,
        Store,
        Both,
        Damage,
    }

    public static TheoryData<Loss, int> LossesAndChanges()
    {
        var data = new TheoryData<Loss, int>();
        foreach (var loss in Enum.GetValues<Loss>())
        {
            foreach (var change in Enumerable.Range(0, 20))
            {
                data.Add(loss, change);
            }
        }

        return data;
    }

    public static TheoryData<int> Changes() => [.. Enumerable.Range(0, 20)];

    public void Dispose() => _folder.Dispose();

    private string StatePath => SinkPaths.State(_folder.Base, SqliteKit.SinkName);

    [Theory]
    [MemberData(nameof(LossesAndChanges))]
    public async Task Each_is_counted_once(Loss loss, int change)
    {
        await LeaveLettersAsync();
        Lose(loss);

        await KillAfterAsync(change);
        await AssertAsync(Refused);

        Ask(SinkCommandKind.Retry);
        await AssertAsync(Refused);
        Ask(SinkCommandKind.Purge);
        await AssertAsync(0);
    }

    [Theory]
    [InlineData(Loss.State)]
    [InlineData(Loss.Store)]
    [InlineData(Loss.Both)]
    public async Task What_was_purged_before_is_no_debt_afterwards(Loss loss)
    {
        await LeaveLettersAsync();
        Ask(SinkCommandKind.Purge);
        await AssertAsync(0);
        Lose(loss);

        // Of a store that is made anew the lines are refused anew.
        await AssertAsync(loss == Loss.State ? 0 : Refused);
    }

    [Theory]
    [InlineData(Loss.Store)]
    [InlineData(Loss.Both)]
    public async Task Letters_of_a_log_that_has_gone_stay_beside_those_of_what_comes_now(Loss loss)
    {
        await LeaveLettersAsync();
        _source.ForgetUpTo(Events);
        _source.Append("{\"no_event\":true}"u8.ToArray());
        Lose(loss);

        await AssertAsync(Refused + 1);
        Ask(SinkCommandKind.Purge);
        await AssertAsync(0);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Those_of_a_slot_that_comes_anew_are_too(int change)
    {
        await LeaveLettersAsync();
        _second.Append("{\"no_event\":true}"u8.ToArray());
        _second.Append(System.Text.Encoding.UTF8.GetBytes(Batches.Line("event", 100)));
        _hasSecond = true;

        await KillAfterAsync(change);

        await AssertAsync(Refused + 1);
        Ask(SinkCommandKind.Purge);
        await AssertAsync(0);
    }

    [Fact]
    public async Task Those_of_a_lost_state_stay_so_when_the_store_cannot_be_read_at_first()
    {
        await LeaveLettersAsync();
        Ask(SinkCommandKind.Pause);
        Ask(SinkCommandKind.Resume);
        await AssertAsync(Refused);
        _source.ForgetUpTo(Events);
        Lose(Loss.State);
        _isLocked = true;
        await using (Start(DiskFileSystem.Instance))
        {
            Eventually.True(() => File.Exists(StatePath) && File.ReadAllText(StatePath).Contains("load_fault", StringComparison.Ordinal), between: Tick);
        }

        _isLocked = false;
        await AssertAsync(Refused);
        await using var next = Start(DiskFileSystem.Instance);
        Eventually.True(() => IsThrough(next), () => Status(next), Tick);

        Assert.Equal((Events, Events - Refused, Refused), (Status(next).Accepted, Status(next).Delivered, Status(next).DeadLettered));
        Assert.False(Status(next).IsPaused);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Those_of_a_store_that_was_refused_for_a_while_are_counted_as_before(bool isStateLost)
    {
        await LeaveLettersAsync();
        _source.ForgetUpTo(Events);
        var aside = _folder.Path + ".aside";
        File.Move(_folder.Path, aside);
        _folder.Execute("CREATE TABLE recipes (name TEXT)");
        if (isStateLost)
        {
            Lose(Loss.State);
        }

        await using (Start(DiskFileSystem.Instance))
        {
            Eventually.True(() => File.Exists(StatePath) && File.ReadAllText(StatePath).Contains("load_fault", StringComparison.Ordinal), between: Tick);
        }

        File.Move(aside, _folder.Path, overwrite: true);
        await AssertAsync(Refused);
        await AssertAsync(Refused);
        Ask(SinkCommandKind.Purge);
        await AssertAsync(0);
    }

    [Theory]
    [InlineData(Loss.State)]
    [InlineData(Loss.Store)]
    [InlineData(Loss.Both)]
    public async Task Those_that_are_retried_while_their_events_come_again_are_one_each(Loss loss)
    {
        await LeaveLettersAsync();
        Lose(loss);
        Ask(SinkCommandKind.Retry);

        await AssertAsync(Refused);
        Ask(SinkCommandKind.Purge);
        await AssertAsync(0);
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public async Task What_another_process_stored_while_telemetry_was_off_here_is_neither_stored_nor_counted_again()
    {
        await LeaveLettersAsync();
        await using var first = Start(DiskFileSystem.Instance, () => _whyHeld);
        Eventually.True(() => IsThrough(first), () => Status(first), Tick);
        _whyHeld = "off";
        Eventually.Equal(false, () => LockHolder.IsHeld(DiskFileSystem.Instance, SinkPaths.Lock(_folder.Base, SqliteKit.SinkName)), Tick);

        // More than a store remembers of what it took last.
        var run = Enumerable.Range(1, 100).Select(number => Batches.Line(number == 1 ? "run_start" : "checkpoint", 1000 + number, "20260301T120000Z-crawler-00000001", number)).ToList();
        run.ForEach(line => _source.Append(System.Text.Encoding.UTF8.GetBytes(line)));
        await AssertAsync(Refused);
        var stored = _folder.Content();
        _whyHeld = null;
        Eventually.True(() => IsThrough(first), () => Status(first), Tick);

        Assert.Equal((Events + run.Count, Events + run.Count - Refused, Refused), (Status(first).Accepted, Status(first).Delivered, Status(first).DeadLettered));
        Assert.Equal(stored, _folder.Content());
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public async Task What_was_kept_stays_where_telemetry_is_switched_off_while_the_store_cannot_be_read()
    {
        await LeaveLettersAsync();
        var kept = SinkStateFormat.Read(await File.ReadAllBytesAsync(StatePath));
        _isLocked = true;
        await using (Start(DiskFileSystem.Instance, () => _whyHeld))
        {
            Eventually.True(() => File.ReadAllText(StatePath).Contains("load_fault", StringComparison.Ordinal), between: Tick);
            _whyHeld = "off";
            Eventually.Equal(false, () => LockHolder.IsHeld(DiskFileSystem.Instance, SinkPaths.Lock(_folder.Base, SqliteKit.SinkName)), Tick);
        }

        Assert.Equal(kept.Accounts, SinkStateFormat.Read(await File.ReadAllBytesAsync(StatePath)).Accounts);
        _isLocked = false;
        _whyHeld = null;
        await AssertAsync(Refused);
    }

    private async Task LeaveLettersAsync()
    {
        for (var number = 0; number < Events; number++)
        {
            _source.Append(number is 2 or 5 or 6 ? System.Text.Encoding.UTF8.GetBytes($"{{\"no_event\":{number}}}") : System.Text.Encoding.UTF8.GetBytes(Batches.Line("event", number)));
        }

        await AssertAsync(Refused);
    }

    private void Lose(Loss loss)
    {
        if (loss is Loss.State or Loss.Both)
        {
            File.Delete(StatePath);
        }

        if (loss is Loss.Store or Loss.Both)
        {
            Directory.Delete(Path.GetDirectoryName(_folder.Path)!, recursive: true);
        }

        if (loss == Loss.Damage)
        {
            using var file = File.OpenWrite(_folder.Path);
            file.Write(new byte[4096]);
        }
    }

    private async Task KillAfterAsync(int change)
    {
        var disk = new DyingFileSystem(DiskFileSystem.Instance, change);
        await using var killed = Start(disk);
        Eventually.True(() => disk.IsDead || IsThrough(killed), () => Status(killed), Tick);
    }

    private async Task AssertAsync(int letters)
    {
        SinkStatus status;
        await using (var engine = Start(DiskFileSystem.Instance))
        {
            Eventually.True(() => IsThrough(engine), () => Status(engine), Tick);
            status = Status(engine);
        }

        var found = new DeadLetterBrowser(DiskFileSystem.Instance, _folder.Base).Read(SqliteKit.SinkName, new DeadLetterSelection(), []).ToList();
        Assert.Equal((letters, letters), (found.Count, found.DistinctBy(letter => letter.Id).Count()));
        Assert.Equal((letters, 0L), (status.DeadLettered, status.Pending));
        Assert.Equal(status.Accepted, status.Delivered + status.DeadLettered + status.Accounts.Concat(status.Redeliveries).Sum(account => account.Dropped.Total));
        AssertSound();
    }

    private void AssertSound()
    {
        var sink = _folder.Sink();
        var own = new Dictionary<string, IReadOnlyList<SinkAccount>> { [SqliteKit.SinkName] = sink.LoadAccounts() };
        sink.Close();
        List<string> faults = [];

        var overview = new SinkBrowser(DiskFileSystem.Instance, _folder.Base, own).All([], faults).Single(found => found.Name == SqliteKit.SinkName);
        faults.AddRange(SinkAudit.Check(overview, [], DiskFileSystem.Instance, _folder.Base));

        Assert.Empty(faults);
    }

    private bool IsThrough(LocalEngine engine)
    {
        if (!File.Exists(StatePath) || Status(engine) is not { Pending: 0, Accounts.Count: > 0 })
        {
            return false;
        }

        var state = SinkStateFormat.Read(File.ReadAllBytes(StatePath));
        return state.CommandsRead == new SinkCommandFile(DiskFileSystem.Instance, _folder.Base, SqliteKit.SinkName).Length
            && state is { Redeliveries.Count: 0, Accounts.Count: > 0, TakenOut.Count: 0 }
            && state.Accounts[0].Cursor == _source.Tail
            && Status(engine).Accounts[0].Cursor == _source.Tail
            && (!_hasSecond || state.Accounts.Any(account => account.Cursor == _second.Tail));
    }

    private LocalEngine Start(IFileSystem disk, Func<string?>? whyHeld = null)
    {
        var engine = new LocalEngine(new PipelineDefinition([Definition()]), new EngineEnvironment
        {
            BaseDirectory = _folder.Base,
            Sources = () => _hasSecond ? [_source, _second] : [_source],
            Signal = _source,
            Raise = _ => { },
            Time = _folder.Time,
            Files = disk,
            Jitter = () => 0,
            WhyHeld = whyHeld ?? (() => null),
        });
        engine.Start();
        return engine;
    }

    private SinkDefinition Definition() => _folder.Definition() with
    {
        Create = _ => new LockableSink(_folder.Sink(), this),
        Policy = SinkPolicies.LocalDatabase with { MaxBatchEvents = 2, FlushEvents = 1, CallTimeout = TimeSpan.FromHours(1), ProbeTimeout = TimeSpan.FromHours(1) },
    };

    private void Ask(SinkCommandKind kind) => new SinkCommandFile(DiskFileSystem.Instance, _folder.Base, SqliteKit.SinkName)
        .Append(new SinkCommand(kind, "ops", _folder.Time.GetUtcNow(), "tried") { Letters = new DeadLetterSelection() });

    private static SinkStatus Status(LocalEngine engine) => engine.Statuses.Single();

    private void Tick() => _folder.Time.Advance(TimeSpan.FromMilliseconds(200));

    private sealed class LockableSink(SqliteSink sink, OwnLettersKillSpec spec) : ISink, IKeepsAccounts
    {
        public IReadOnlyList<SinkAccount> LoadAccounts() => spec._isLocked ? throw new IOException("locked by the test") : sink.LoadAccounts();

        public ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation) => sink.DeliverAsync(batch, cancellation);

        public ValueTask DisposeAsync() => sink.DisposeAsync();
    }
}
