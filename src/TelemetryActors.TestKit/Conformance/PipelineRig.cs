using System.Collections.Concurrent;
using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using Xunit;

namespace TelemetryActors.TestKit.Conformance;

/// <summary>What the scenarios of a pipeline share: its clock, stream and base directory, how it is started, and what can be seen of it from outside.</summary>
internal sealed class PipelineRig(Func<PipelineSetup, IPipelineUnderTest> start) : IDisposable
{
    /// <summary>How the scenarios' sinks are fed unless they say otherwise.</summary>
    /// <remarks>A test moves its clock far while a busy machine makes a call of a healthy sink wait: only the sink that hangs may run out of time.</remarks>
    public static readonly SinkPolicy Quick = SinkPolicies.EventLog with
    {
        Circuit = CircuitPolicy.Remote,
        MaxBatchEvents = 10,
        CallTimeout = TimeSpan.FromHours(1),
        ProbeTimeout = TimeSpan.FromHours(1),
    };

    public string BaseDirectory { get; } = Directory.CreateTempSubdirectory("telemetryactors-").FullName;

    public ConcurrentQueue<SinkTransition> Transitions { get; } = new();

    public ManualTime Time { get; } = new();

    public MemoryEventSource Source { get; } = new();

    // A sink that was cut off and then let go may still be at work there.
    public void Dispose() => Eventually.True(TryDelete);

    /// <summary>Why no sink but the event log gets anything; null while they do.</summary>
    public string? WhyHeld { get; set; }

    public IPipelineUnderTest Start(params SinkDefinition[] sinks) => Start(Transitions.Enqueue, sinks);

    /// <summary>Starts a pipeline that records its transitions in its own stream, as a client does.</summary>
    public IPipelineUnderTest StartAnnouncing(params SinkDefinition[] sinks) => Start(Announce, sinks);

    /// <summary>Records an event of the pipeline's own.</summary>
    public void Announce(SinkTransition transition)
    {
        Transitions.Enqueue(transition);
        var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(transition.Kind.ToString());
        Source.Append(System.Text.Encoding.UTF8.GetBytes($$$"""{"ts":"2026-03-01T12:00:00Z","event":"sink_{{{name}}}","details":{"sink":"{{{transition.Sink}}}"},"level":"warning"}"""));
    }

    public static SinkDefinition Define(string name, ISink sink) => new(name, Quick, _ => sink);

    public static IEnumerable<long> Numbers(int count) => Enumerable.Range(0, count).Select(number => (long)number);

    public static SinkStatus StatusOf(IPipelineUnderTest pipeline, string sink) => pipeline.Statuses.Single(status => status.Name == sink);

    public static (long Accepted, long Delivered, long Pending, long Dead) Counts(IPipelineUnderTest pipeline) =>
        StatusOf(pipeline, "sink") is var status ? (status.Accepted, status.Delivered, status.Pending, status.DeadLettered) : default;

    public static void AssertBalanced(SinkStatus status) =>
        Assert.All(status.Accounts.Concat(status.Redeliveries), account => Assert.True(account.IsBalanced, account.ToString()));

    public static byte[] EventOf(string letter) => System.Text.Encoding.UTF8.GetBytes(JsonDocument.Parse(letter).RootElement.GetProperty("event").GetRawText());

    /// <summary>Moves the clock by less than a heartbeat.</summary>
    public void Tick() => Time.Advance(TimeSpan.FromMilliseconds(100));

    /// <summary>What is kept of a call that is under way: since when, whether it was given up, and the failures in a row that the circuit has.</summary>
    public (DateTimeOffset Since, bool IsGivenUp, int Failures)? KeptCall(string sink)
    {
        using var state = ReadState(sink);
        return state is null || !state.RootElement.TryGetProperty("call", out var call) ? null : (
            call.GetProperty("since").GetDateTimeOffset(),
            call.GetProperty("given_up").GetBoolean(),
            state.RootElement.GetProperty("circuit").GetProperty("failures_in_a_row").GetInt32());
    }

    /// <summary>Why a sink cannot say what it has, as is kept for those who look from outside.</summary>
    public string? KeptLoadFault(string sink)
    {
        using var state = ReadState(sink);
        return state is not null && state.RootElement.TryGetProperty("load_fault", out var fault) ? fault.GetString() : null;
    }

    /// <summary>What the next process will know of the circuit, and whether it says that the program ended.</summary>
    public (int Failures, bool IsOfTheEnd) Kept(string sink)
    {
        using var state = ReadState(sink);
        if (state is null)
        {
            return default;
        }

        var circuit = state.RootElement.GetProperty("circuit");
        return (circuit.GetProperty("failures_in_a_row").GetInt32(), circuit.TryGetProperty("cause", out var cause) && cause.GetString()?.EndsWith("at the end of the program", StringComparison.Ordinal) == true);
    }

    /// <summary>Has the sink <c>sink</c> do something.</summary>
    public void Command(IPipelineUnderTest pipeline, SinkCommandKind kind) =>
        pipeline.Command("sink", new SinkCommand(kind, "ops", Time.GetUtcNow(), "a test"));

    public SinkCommand Replay(int from, int to) => new(SinkCommandKind.Replay, "ops", Time.GetUtcNow(), "a test")
    {
        Replay = new ReplayRequest(new ReplayTime(Time.GetUtcNow(), Time.GetUtcNow()), [new ReplayStretch(Source.Slot, Source.At(from), Source.At(to))]),
    };

    public SinkCommand Letters(SinkCommandKind kind, DeadLetterSelection letters) => new(kind, "ops", Time.GetUtcNow(), "a test") { Letters = letters };

    public int LettersIn(string sink) => File.Exists(DeadLetters(sink)) ? File.ReadLines(DeadLetters(sink)).Count() : 0;

    public string DeadLetters(string sink) => Path.Combine(BaseDirectory, "dead", $"{sink}.ndjson");

    private IPipelineUnderTest Start(Action<SinkTransition> raise, SinkDefinition[] sinks) =>
        start(new PipelineSetup(new PipelineDefinition(sinks), Source, Time, BaseDirectory, raise) { WhyHeld = () => WhyHeld });

    private bool TryDelete()
    {
        try
        {
            Directory.Delete(BaseDirectory, recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private JsonDocument? ReadState(string sink)
    {
        var path = Path.Combine(BaseDirectory, "state", "sinks", $"{sink}.json");
        return File.Exists(path) ? JsonDocument.Parse(File.ReadAllBytes(path)) : null;
    }
}
