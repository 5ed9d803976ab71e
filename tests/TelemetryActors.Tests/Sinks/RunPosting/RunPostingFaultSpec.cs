using System.Collections.Concurrent;
using System.Text.Json;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.RunPosting;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Tests.Sinks.RunPosting;

/// <summary>Run posting in the local engine: runs that the address refuses, an address that refuses all, and more runs than one call has time for.</summary>
[Trait("Feature", "S4.13")]
public sealed class RunPostingFaultSpec : IAsyncLifetime
{
    private const int Poison = 25;

    // Less than a call may take: one that begins right behind the look at it is not out of time by a single step.
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _base = Directory.CreateTempSubdirectory("runs-");
    private readonly LoopbackHttpServer _server = new();
    private readonly MemoryEventSource _source = new();
    private readonly ManualTime _time = new();
    private readonly ConcurrentQueue<SinkTransition> _transitions = new();
    private LocalEngine _engine = null!;

    private SinkStatus Status => _engine.Statuses[0];

    public Task InitializeAsync()
    {
        Start();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        _server.Dispose();
        _base.Delete(recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Twenty_refused_runs_are_dead_lettered_when_the_newest_run_is_taken(bool restarts)
    {
        Refuse(run => run < Poison);
        Runs(0, Poison);
        Eventually.True(() => Status.Circuit is { State: CircuitState.Open, IsMisconfigured: true }, () => Status, Advance);

        // The runs came one by one: what came behind the last that was refused is seen with the next look.
        Eventually.Equal((0L, 3L * Poison), () => (Status.DeadLettered, Status.Pending), Advance);
        if (restarts)
        {
            await _engine.DisposeAsync();
            Start();

            // Before it has loaded what was kept, a sink shows nothing that waits either.
            Eventually.True(() => Status.Circuit.State == CircuitState.Open, () => Status);
        }

        Runs(Poison, 2);
        Eventually.True(() => Status is { Pending: 0, Circuit.State: CircuitState.Closed }, () => Status, () => Advance(Step));

        Assert.Equal((Poison, _source.Tail.Ordinal - Poison), (Status.DeadLettered, Status.Delivered));
        Assert.Equal([Poison, Poison + 1], Posted().Where(run => run >= Poison).Order());
        var letters = File.ReadAllLines(SinkPaths.DeadLetters(_base.FullName, "runs")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("event").GetProperty("run_id").GetString());
        Assert.Equal(Enumerable.Range(0, Poison).Select(run => $"run-{run}"), letters);
    }

    [Fact]
    public void An_address_that_refuses_the_newest_run_too_is_wrong_and_loses_nothing()
    {
        Refuse(_ => true);
        Runs(0, Poison + 5);
        Eventually.True(() => Status.Circuit is { State: CircuitState.Open, IsMisconfigured: true }, () => Status, Advance);
        var asked = _server.Requests.Count;

        Eventually.True(() => Status.Circuit is { State: CircuitState.Open, OpeningsInARow: 2 }, () => Status, () => Advance(Step));

        Assert.Equal([Poison + 4], Posted().Skip(asked));
        Assert.Equal((0L, 0L, _source.Tail.Ordinal), (Status.DeadLettered, Status.Delivered, Status.Pending));
    }

    [Fact]
    public void One_refused_run_among_lines_that_need_no_request_is_dead_lettered_and_the_circuit_stays_closed()
    {
        Refuse(_ => true);

        Runs(0, 1);

        Eventually.Equal(3L, () => Status.Delivered + Status.DeadLettered, Advance);
        Assert.Equal((1L, 2L, CircuitState.Closed), (Status.DeadLettered, Status.Delivered, Status.Circuit.State));
    }

    [Fact]
    [Trait("Feature", "S4.19")]
    public void A_slow_address_that_works_gets_all_that_waits_and_its_circuit_never_opens()
    {
        const int waiting = 400;
        _server.Answer(_ =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _time.Advance(TimeSpan.FromSeconds(1));
            return new LoopbackAnswer(200);
        });

        Runs(0, waiting);

        Eventually.Equal(3L * waiting, () => Status.Delivered, Advance);
        Assert.DoesNotContain(_transitions, transition => transition.Kind is SinkTransitionKind.Opened or SinkTransitionKind.Misconfigured or SinkTransitionKind.UploadFailed);
        Assert.Equal(Enumerable.Range(0, waiting), Posted());
        Assert.Null(Status.LastError);
    }

    // A start, an end and a line of no run: only the end is posted.
    private void Runs(int first, int count)
    {
        for (var run = first; run < first + count; run++)
        {
            foreach (var name in new[] { "run_start", "run_end", "note" })
            {
                _source.Append(System.Text.Encoding.UTF8.GetBytes($"{{\"ts\":\"2026-03-01T12:00:00Z\",\"event\":\"{name}\",\"details\":{{\"status\":\"success\"}},\"run_id\":\"run-{run}\"}}"));
            }
        }
    }

    private void Refuse(Func<int, bool> refuses) => _server.Answer(request => new LoopbackAnswer(refuses(RunOf(request)) ? 400 : 200));

    private IEnumerable<int> Posted() => _server.Requests.Select(RunOf);

    private static int RunOf(LoopbackRequest request) =>
        int.Parse(JsonDocument.Parse(request.Body).RootElement.GetProperty("run_id").GetString()!.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture);

    private void Start()
    {
        var sources = new[] { _source };
        var definition = RunPostingRegistration.Define(new RunPostingOptions { Endpoint = _server.Address }, () => true) with { StartsAtTail = false };
        _engine = new LocalEngine(new PipelineDefinition([definition]), new EngineEnvironment
        {
            BaseDirectory = _base.FullName,
            Sources = () => sources,
            Signal = _source,
            Raise = _transitions.Enqueue,
            Time = _time,
            Jitter = () => 0,
        });
        _engine.Start();
    }

    private void Advance() => Advance(TimeSpan.FromSeconds(1));

    // Not while a call is under way: on a busy machine it would run out of a time that nobody waited.
    private void Advance(TimeSpan by)
    {
        if (!Status.IsBusy)
        {
            _time.Advance(by);
        }
    }
}
