using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Processes;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Sqlite;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S4.8")]
public sealed class SqliteLockSpec : IAsyncLifetime
{
    private const int Events = 20;

    private readonly StoreFolder _folder = new();
    private readonly MemoryEventSource _source = new();
    private readonly LocalEngine _engine;

    public SqliteLockSpec() => _engine = new LocalEngine(new PipelineDefinition([_folder.Definition()]), new EngineEnvironment
    {
        BaseDirectory = _folder.Base,
        Sources = () => [_source],
        Signal = _source,
        Raise = _ => { },
        Time = _folder.Time,
        Jitter = () => 0,
    });

    private SinkStatus Status => _engine.Statuses.Single();

    public Task InitializeAsync()
    {
        _engine.Start();
        _source.Append(Events);
        Eventually.Equal((long)Events, () => Status.Delivered, Tick);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void A_lock_of_another_process_that_lasts_300_ms_is_outwaited_by_the_ladder()
    {
        using (HelperProcess.Lock(_folder.Path))
        {
            _source.Append(Events);
            Eventually.True(() => Status.LastError?.Contains("locked", StringComparison.Ordinal) ?? false, () => Status, Tick);

            Tick();
            Tick();
            Tick();
            Assert.Equal(Events, Status.Delivered);
        }

        Eventually.Equal(2L * Events, () => Status.Delivered, Tick);

        Assert.Equal((CircuitState.Closed, 0), (Status.Circuit.State, Status.Restarts));
        Assert.Equal(2 * Events, _folder.Number("SELECT count(*) FROM run_events"));
    }

    [Fact]
    public void A_lock_of_another_process_that_lasts_30_s_opens_the_circuit_and_costs_nothing()
    {
        using (HelperProcess.Lock(_folder.Path))
        {
            _source.Append(Events);
            var until = _folder.Time.GetUtcNow() + TimeSpan.FromSeconds(30);
            Eventually.Equal(CircuitState.Open, () => Status.Circuit.State, Tick);
            Eventually.True(() => _folder.Time.GetUtcNow() >= until, between: Tick);
            Assert.Equal(Events, Status.Delivered);
        }

        Eventually.Equal(2L * Events, () => Status.Delivered, Tick);

        Eventually.Equal(CircuitState.Closed, () => Status.Circuit.State, Tick);
        Assert.All(Status.Accounts, account => Assert.True(account.IsBalanced, account.ToString()));
        Assert.Equal(0, Status.Dropped);
        Assert.Equal(2 * Events, _folder.Number("SELECT count(*) FROM run_events"));
    }

    private void Tick() => _folder.Time.Advance(TimeSpan.FromMilliseconds(100));
}
