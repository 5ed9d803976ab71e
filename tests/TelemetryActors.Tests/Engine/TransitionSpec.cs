using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using Xunit;

namespace TelemetryActors.Tests.Engine;

public sealed class TransitionSpec : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("telemetryactors-").FullName;
    private readonly MemoryEventSource _source = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task They_are_told_outside_all_locks()
    {
        LocalEngine? engine = null;
        var looked = new List<bool>();
        await using var running = engine = Start(new FailingSink(new SinkOutcome.Misconfigured("401")), _ =>
        {
            // Another thread asks for what the supervisor's lock guards, while the one that tells waits for it.
            var other = new Thread(() => GC.KeepAlive(engine!.Statuses));
            other.Start();
            lock (looked)
            {
                looked.Add(other.Join(TimeSpan.FromSeconds(10)));
            }
        });

        _source.Append(5);

        Eventually.Equal(1, () => Count(looked));
        Assert.All(looked, Assert.True);
    }

    [Fact]
    public async Task A_listener_that_throws_ends_nothing_and_is_seen()
    {
        var sink = new FailingSink(new SinkOutcome.Misconfigured("401"));
        await using var engine = Start(sink, _ => throw new InvalidOperationException("the listener is broken"));
        _source.Append(5);
        Eventually.Equal(CircuitState.Open, () => engine.Statuses[0].Circuit.State);

        sink.Recover();
        engine["sink"].Execute(new SinkCommand(SinkCommandKind.Reset, "ops", TimeProvider.System.GetUtcNow(), null));
        engine.Wake("sink");

        Eventually.Equal(5, () => sink.Numbers.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Feature", "S0.29")]
    public async Task A_cause_is_kept_and_told_without_its_secrets(bool throws)
    {
        const string Secret = "login of ada@example.com failed, password=hunter2";
        var told = new System.Collections.Concurrent.ConcurrentQueue<SinkTransition>();
        ISink sink = throws ? new ThrowingSink(times: 1000, Secret) : new FailingSink(new SinkOutcome.Misconfigured(Secret));
        await using (var engine = Start(sink, told.Enqueue))
        {
            _source.Append(5);
            Eventually.True(() => engine.Statuses[0].LastError?.Contains("[REDACTED]", StringComparison.Ordinal) == true, () => engine.Statuses[0].LastError);
        }

        string[] causes = [.. told.Select(transition => transition.Cause ?? ""), .. Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories).Select(File.ReadAllText)];
        Assert.All(causes, cause => Assert.DoesNotContain("hunter2", cause, StringComparison.Ordinal));
        Assert.All(causes, cause => Assert.DoesNotContain("ada@", cause, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Feature", "S1.11")]
    public async Task What_an_operator_asked_for_is_told_without_who_it_was()
    {
        var told = new System.Collections.Concurrent.ConcurrentQueue<SinkTransition>();
        await using var engine = Start(new RecordingSink(), told.Enqueue);

        engine["sink"].Execute(new SinkCommand(SinkCommandKind.Reset, "jane@janes-laptop", TimeProvider.System.GetUtcNow(), "the disk is back"));

        var cause = Assert.Single(told, transition => transition.Kind == SinkTransitionKind.Commanded).Cause;
        Assert.StartsWith("reset: the disk is back", cause, StringComparison.Ordinal);
        Assert.DoesNotContain("jane", cause, StringComparison.Ordinal);
    }

    private static int Count(List<bool> looked)
    {
        lock (looked)
        {
            return looked.Count;
        }
    }

    private LocalEngine Start(ISink sink, Action<SinkTransition> raise)
    {
        IEventSource[] sources = [_source];
        var engine = new LocalEngine(
            new PipelineDefinition([new SinkDefinition("sink", SinkPolicies.EventLog, _ => sink)]),
            new EngineEnvironment { BaseDirectory = _directory, Sources = () => sources, Signal = _source, Raise = raise });
        engine.Start();
        return engine;
    }
}
