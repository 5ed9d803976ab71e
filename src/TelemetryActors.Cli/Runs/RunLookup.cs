using System.CommandLine;
using TelemetryActors.Browsing;
using TelemetryActors.Cli.Show;
using TelemetryActors.Cli.Store;
using TelemetryActors.Encoding;
using TelemetryActors.Runs;

namespace TelemetryActors.Cli.Runs;

/// <summary>Runs and their events out of the store when it is there and whole, else out of the log.</summary>
/// <remarks>Ask, dispose, print: a store that is open may hold up its writer.</remarks>
internal sealed class RunLookup(OpenLog log, StoredLog? stored) : IDisposable
{
    private readonly EventLogBrowser _browser = log.Browser();
    private StoredLog? _stored = stored;

    public static RunLookup Of(ParseResult parsed)
    {
        var log = OpenLog.Of(parsed);
        log.TellIfEmpty();
        return new RunLookup(log, StoredLog.TryOpen(log));
    }

    public IReadOnlyList<RunRecord> Last(string? agent, RunStatus? status, int last) => Ask(
        store => store.Runs(agent, status, last),
        () => new RunBrowser(_browser).Last(run => (agent is null || run.AgentName == agent) && (status is null || run.Status == status), since: null, last));

    /// <exception cref="CommandException">Nothing is known of the run.</exception>
    public RunRecord Find(string runId) => Ask<RunRecord?>(store => store.Find(runId), () => FromLog(runId))
        ?? throw new CommandException($"There is no run '{runId}' in {log.Base.Path}.", ExitCode.Failed);

    public IReadOnlyList<EventLine> Events(EventFilter filter, int last) => Ask<IReadOnlyList<EventLine>?>(store => store.Events(filter, last), () => null) ?? _browser.Last(filter, last);

    public void Dispose()
    {
        OpenLog.TellGarbage(_browser);
        _stored?.Dispose();
    }

    // A damaged page is met when it is read, and what the store says from then on is not to be mixed with what it said before.
    private T Ask<T>(Func<StoredLog, T> question, Func<T> ofLog)
    {
        if (_stored is not { } store)
        {
            return ofLog();
        }

        try
        {
            return question(store);
        }
        catch (IOException fault)
        {
            store.Dispose();
            _stored = null;
            StoredLog.TellOfLog(log, fault);
            return ofLog();
        }
    }

    private RunRecord? FromLog(string runId)
    {
        RunState? run = null;
        foreach (var line in _browser.All(new EventFilter(run: runId)))
        {
            (run ??= new RunState(runId)).Apply(line);
        }

        return run?.ToRecord();
    }
}
