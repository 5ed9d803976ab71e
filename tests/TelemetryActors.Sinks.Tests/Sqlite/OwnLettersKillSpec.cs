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

    public void Dispose() => _folder.Dispose();

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
            File.Delete(SinkPaths.State(_folder.Base, SqliteKit.SinkName));
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
        List<string> faults = [];

        var overview = new SinkBrowser(DiskFileSystem.Instance, _folder.Base, own).All([], faults).Single(found => found.Name == SqliteKit.SinkName);
        faults.AddRange(SinkAudit.Check(overview, [], DiskFileSystem.Instance, _folder.Base));

        Assert.Empty(faults);
    }

    private bool IsThrough(LocalEngine engine)
    {
        var path = SinkPaths.State(_folder.Base, SqliteKit.SinkName);
        if (!File.Exists(path) || Status(engine) is not { Pending: 0, Accounts.Count: > 0 })
        {
            return false;
        }

        var state = SinkStateFormat.Read(File.ReadAllBytes(path));
        return state.CommandsRead == new SinkCommandFile(DiskFileSystem.Instance, _folder.Base, SqliteKit.SinkName).Length
            && state is { Redeliveries.Count: 0, Accounts.Count: > 0, TakenOut.Count: 0 }
            && state.Accounts[0].Cursor == _source.Tail
            && Status(engine).Accounts[0].Cursor == _source.Tail;
    }

    private LocalEngine Start(IFileSystem disk)
    {
        var engine = new LocalEngine(new PipelineDefinition([Definition()]), new EngineEnvironment
        {
            BaseDirectory = _folder.Base,
            Sources = () => [_source],
            Signal = _source,
            Raise = _ => { },
            Time = _folder.Time,
            Files = disk,
            Jitter = () => 0,
        });
        engine.Start();
        return engine;
    }

    private SinkDefinition Definition() => _folder.Definition() with
    {
        Policy = SinkPolicies.LocalDatabase with { MaxBatchEvents = 2, FlushEvents = 1, CallTimeout = TimeSpan.FromHours(1), ProbeTimeout = TimeSpan.FromHours(1) },
    };

    private void Ask(SinkCommandKind kind) => new SinkCommandFile(DiskFileSystem.Instance, _folder.Base, SqliteKit.SinkName)
        .Append(new SinkCommand(kind, "ops", _folder.Time.GetUtcNow(), "tried") { Letters = new DeadLetterSelection() });

    private static SinkStatus Status(LocalEngine engine) => engine.Statuses.Single();

    private void Tick() => _folder.Time.Advance(TimeSpan.FromMilliseconds(200));
}
