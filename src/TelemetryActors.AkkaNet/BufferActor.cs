using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using static TelemetryActors.AkkaNet.BufferProtocol;

namespace TelemetryActors.AkkaNet;

/// <summary>
/// Owns the ring's second door, and runs the stream from the ring to the sinks' supervisors; a stream that broke is run anew, and goes on at every sink's cursor.
/// </summary>
/// <remarks>
/// All that was appended while one fsync was under way shares the next; but behind <see cref="BytesAFlush"/> of it the next is asked for at once, so that who brought the first lines is answered, and sends more, while the
/// last are written. Nothing here waits: the fsync's end comes as a message.
/// </remarks>
internal sealed class BufferActor : ReceiveActor, IWithTimers
{
    // A few milliseconds of a disk's time.
    internal const int BytesAFlush = 2 * 1024 * 1024;

    // Together they are what the largest ring holds; more would only wait behind each other.
    internal const int MostFlushes = 8;

    // What broke a stream may break the next one as soon as it runs.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly EngineEnvironment _environment;
    private readonly IReadOnlyList<(SinkDefinition Definition, IActorRef Supervisor)> _sinks;
    private readonly ThreadLife _life;
    private readonly ILineIntake? _intake;
    private readonly List<List<(IActorRef Asker, Appended Answer)>> _beingFlushed = [];
    private List<(IActorRef Asker, Appended Answer)> _appended = [];
    private long _appendedBytes;
    private UniqueKillSwitch? _killSwitch;

    public BufferActor(EngineEnvironment environment, IReadOnlyList<(SinkDefinition Definition, IActorRef Supervisor)> sinks, ThreadLife life)
    {
        _life = life;
        _environment = environment;
        _sinks = sinks;
        _intake = environment.Intake;
        Receive<Append>(Take);
        Receive<AppendAbandoned>(Take);
        Receive<Flushed>(Answer);
        Receive<RunAgain>(_ => RunStream());
        Receive<SinkProtocol.Drain>(_ => RunWithoutPause());
        Receive<StreamEnded>(ended =>
        {
            if (ReferenceEquals(ended.KillSwitch, _killSwitch))
            {
                throw new InvalidOperationException("The stream to the sinks ended.", ended.Cause);
            }
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(EngineEnvironment environment, IReadOnlyList<(SinkDefinition Definition, IActorRef Supervisor)> sinks, ThreadLife life) =>
        Akka.Actor.Props.Create(() => new BufferActor(environment, sinks, life)).WithDeploy(Deploy.Local);

    protected override void PreStart() => RunStream();

    // The second door is open at once: what it takes waits in the ring.
    protected override void PostRestart(Exception reason) => Timers.StartSingleTimer(nameof(RunAgain), new RunAgain(), Pause);

    private void RunWithoutPause()
    {
        if (Timers.IsTimerActive(nameof(RunAgain)))
        {
            Timers.Cancel(nameof(RunAgain));
            RunStream();
        }
    }

    private void RunStream()
    {
        if (_sinks.Count == 0)
        {
            return;
        }

        var (killSwitch, ended) = EventGraph.Create(_environment, _sinks, _life).Run(Context.Materializer(EventGraph.Settings(Context.System, Context.Props.Dispatcher)));
        _killSwitch = killSwitch;
        ended.PipeTo(Self, success: _ => new StreamEnded(killSwitch, null), failure: cause => new StreamEnded(killSwitch, cause));
    }

    // Whoever waits is told, also when this actor is only started anew: the flush's end will not find those who wait now.
    protected override void PostStop()
    {
        _killSwitch?.Shutdown();
        foreach (var (asker, answer) in _beingFlushed.SelectMany(waiting => waiting).Concat(_appended))
        {
            asker.Tell(new AppendRefused(answer.Id, "the buffer was stopped before the lines were fsynced"));
        }
    }

    private void Take(Append append)
    {
        if (_intake is not { } intake)
        {
            Sender.Tell(new AppendRefused(append.Id, "this pipeline has no second door"));
            return;
        }

        var pieces = LineChunks.Of(append.Lines, append.Count, intake.MaxBytes).ToList();
        if (pieces.Exists(piece => piece.Lines.IsEmpty))
        {
            Sender.Tell(new AppendRefused(append.Id, $"a line is larger than the {intake.MaxBytes} bytes that this node takes at once", IsFinal: true));
            return;
        }

        // A ring that fills up between two pieces refuses the batch: what went in goes in again with it, under the same ids.
        foreach (var (lines, count) in pieces)
        {
            if (intake.Append(lines.Span, count) is var reason && reason != DropReason.None)
            {
                Sender.Tell(new AppendRefused(append.Id, Text(reason)));
                return;
            }
        }

        _appended.Add((Sender, new Appended(append.Id)));
        _appendedBytes += append.Lines.Length;
        Flush();
    }

    private void Take(AppendAbandoned end)
    {
        ReadOnlyMemory<byte> line = default;
        if (_intake?.AppendAbandoned(end.Run, end.Cause, out line) is not DropReason.None)
        {
            Sender.Tell(new AppendRefused(end.Id, "the run's end could not be written"));
            return;
        }

        _appended.Add((Sender, new Appended(end.Id, line)));
        Flush();
    }

    private void Flush()
    {
        if (_appended.Count == 0 || (_beingFlushed.Count > 0 && (_appendedBytes < BytesAFlush || _beingFlushed.Count >= MostFlushes)))
        {
            return;
        }

        var waiting = _appended;
        _beingFlushed.Add(waiting);
        (_appended, _appendedBytes) = ([], 0);
        _intake!.FlushAsync().PipeTo(
            Self,
            success: result => new Flushed(waiting, result),
            failure: cause => new Flushed(waiting, FlushResult.NotDurable($"{cause.GetType().Name}: {cause.Message}")));
    }

    private void Answer(Flushed flushed)
    {
        if (!_beingFlushed.Remove(flushed.Waiting))
        {
            return;
        }

        foreach (var (asker, answer) in flushed.Waiting)
        {
            asker.Tell(flushed.Result.IsDurable ? answer : new AppendRefused(answer.Id, flushed.Result.Reason ?? "the lines were not fsynced"));
        }

        Flush();
    }

    private static string Text(DropReason reason) => reason switch
    {
        DropReason.RingFull => "the ring is full",
        DropReason.Disabled => "this node takes no events: it is switched off or ending",
        _ => $"the lines were refused: {reason}",
    };

    // Both may be of an incarnation before, and say which they are of by what they were started with.
    private sealed record StreamEnded(UniqueKillSwitch KillSwitch, Exception? Cause) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

    private sealed record RunAgain : INotInfluenceReceiveTimeout, INoSerializationVerificationNeeded;

    private sealed record Flushed(List<(IActorRef Asker, Appended Answer)> Waiting, FlushResult Result) : IDeadLetterSuppression, INoSerializationVerificationNeeded;
}
