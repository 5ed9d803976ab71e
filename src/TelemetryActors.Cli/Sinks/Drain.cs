using System.Diagnostics;
using TelemetryActors.Client;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Sinks;

/// <summary>Runs some sinks of a base directory, and no others, until everything that is there is delivered or a time is over.</summary>
internal sealed class Drain
{
    /// <summary>What a call that is under way when time is over has to end.</summary>
    public static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly StartSettings _start;
    private readonly IReadOnlyCollection<string> _sinks;
    private readonly TimeSpan _limit;
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly HashSet<TelemetryFailure> _told = [];
    private readonly Dictionary<string, Task<bool>> _flushes = [];
    private readonly HashSet<string> _flushedAgain = [];
    private IReadOnlyList<SlotTail>? _tails;

    private Drain(StartSettings start, IReadOnlyCollection<string> sinks, TimeSpan limit)
    {
        _start = start;
        _sinks = sinks;
        _limit = limit;
    }

    private TimeSpan Left => _limit - Stopwatch.GetElapsedTime(_begun) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>Drains the sinks.</summary>
    /// <param name="start">The base directory with its settings.</param>
    /// <param name="sinks">The names.</param>
    /// <param name="limit">How long it may take from now on; ending takes <see cref="EndPatience"/> more at the most.</param>
    /// <returns>How each sink stands, in the order of the names.</returns>
    public static async Task<IReadOnlyList<(string Sink, DrainProgress Progress)>> RunAsync(StartSettings start, IReadOnlyCollection<string> sinks, TimeSpan limit)
    {
        var drain = new Drain(start, sinks, limit);
        await using var client = TelemetryClient.Start(drain.Options());
        return await drain.RunAsync(client);
    }

    private TelemetryOptions Options()
    {
        var options = new TelemetryOptions
        {
            Agent = "telemetry",
            BaseDirectory = _start.Folder.Path,
            TrackSessions = false,
            RecordCrashes = false,
            OnlySinks = _sinks,
            ShutdownBudget = EndPatience,
            OnFailure = Tell,
        };

        // Who asks for the sinks waits twice as long for them.
        options.StartBudget = options.StartBudget < _limit / 2 ? options.StartBudget : _limit / 2;
        return options.WithSinkKits();
    }

    private async Task<IReadOnlyList<(string Sink, DrainProgress Progress)>> RunAsync(TelemetryClient client)
    {
        // On a thread that the disk may hold for as long as it likes.
        var begin = DiskCall.Begin("drain", () => Begin(client.Pipeline));
        while (Left > TimeSpan.Zero && !IsOver(begin, client))
        {
            await Task.Delay(Look, TimeProvider.System);
        }

        if (begin.IsFaulted)
        {
            Tell(new TelemetryFailure("drain", begin.Exception!.InnerException!.Message));
        }

        return [.. _sinks.Select(sink => (sink, Progress(client, sink)))];
    }

    // A living writer's slot waits as well as a dead one's: a sink that nobody runs delivers neither.
    private bool Begin(LocalPipeline pipeline)
    {
        if (!pipeline.TakeOverDeadWriters(Left) || pipeline.Engine is not { } engine)
        {
            return false;
        }

        List<SlotTail> tails = [.. engine.Environment.Sources().Select(source => new SlotTail(source.Slot, source.Tail))];
        _tails = tails;
        foreach (var sink in _sinks)
        {
            Flush(engine, sink, tails);
        }

        return true;
    }

    private void Flush(IPipelineEngine engine, string sink, IReadOnlyList<SlotTail> tails)
    {
        _flushes[sink] = engine[sink].FlushAsync([.. tails], Left);
        engine.Wake(sink);
    }

    private bool IsOver(Task<bool> begin, TelemetryClient client) =>
        begin.IsFaulted || (begin.IsCompletedSuccessfully && (!begin.Result || _sinks.All(sink => IsOver(client.Pipeline.Engine!, sink, Progress(client, sink)))));

    private bool IsOver(IPipelineEngine engine, string sink, DrainProgress progress)
    {
        // A sink that cannot say what it has would be waited for in vain, and its cause is known.
        if (progress.IsThrough || engine.Supervisors.Any(supervisor => supervisor.Definition.Name == sink && supervisor.IsBroken))
        {
            return true;
        }

        if (progress is { WaitsUntil: not null, IsStopped: true })
        {
            return true;
        }

        if (!_flushes[sink].IsCompleted)
        {
            return false;
        }

        if (progress.IsStopped || !progress.HasSeenAll || !progress.HasDoneCommands)
        {
            return progress.IsStopped;
        }

        // The flush has met a circuit that was open until the reset was carried out which someone had asked for. Once: what ends it again is no such thing.
        if (_flushedAgain.Add(sink))
        {
            Flush(engine, sink, _tails!);
            return false;
        }

        return !_flushes[sink].Result;
    }

    // In this order: what was kept, the commands have changed by then, what the status shows is newer, and what is not taken is counted with the step that settles it.
    private DrainProgress Progress(TelemetryClient client, string sink)
    {
        var supervisor = client.Pipeline.Engine?.Supervisors.FirstOrDefault(candidate => candidate.Definition.Name == sink);
        var hasDoneCommands = supervisor?.HasDoneCommands == true;
        var kept = supervisor?.KeptStatus;
        var status = client.Sinks.FirstOrDefault(candidate => candidate.Name == sink);
        return new DrainProgress(status, kept, _tails, hasDoneCommands)
        {
            NotTaken = supervisor?.NotTaken ?? (0, DropCounts.None),
            WaitsUntil = status is { IsBusy: false } && supervisor?.State is { HoldCause: not null } state ? WaitBeyondEnd(state) : null,
            WaitCause = supervisor?.State.HoldCause,
        };
    }

    // The waits between two attempts end in time.
    private DateTimeOffset? WaitBeyondEnd(SinkState state) => state.Hold.Until > TimeProvider.System.GetUtcNow() + Left ? state.Hold.Until : null;

    // What is wrong with a sink its own line says; settings were read before.
    private void Tell(TelemetryFailure failure)
    {
        lock (_told)
        {
            if (failure.Where != "settings" && !_sinks.Contains(failure.Where) && _told.Add(failure with { Exception = null }))
            {
                Output.StandardError.Tell($"{failure.Where}: {failure.Message}");
            }
        }
    }
}
