using System.CommandLine;
using TelemetryActors.Browsing;
using TelemetryActors.Cli.Show;
using TelemetryActors.Cli.Store;
using TelemetryActors.Encoding;
using TelemetryActors.Runs;

namespace TelemetryActors.Cli.Runs;

/// <summary>Runs and their events out of the store when it is there, else out of the log.</summary>
internal sealed class RunLookup(OpenLog log, StoredLog? stored) : IDisposable
{
    private readonly EventLogBrowser _browser = log.Browser();

    public static RunLookup Of(ParseResult parsed)
    {
        var log = OpenLog.Of(parsed);
        log.TellIfEmpty();
        return new RunLookup(log, StoredLog.TryOpen(log));
    }

    public IReadOnlyList<RunRecord> Last(string? agent, RunStatus? status, int last) => stored?.Runs(agent, status, last)
        ?? new RunBrowser(_browser).Last(run => (agent is null || run.AgentName == agent) && (status is null || run.Status == status), since: null, last);

    /// <exception cref="CommandException">Nothing is known of the run.</exception>
    public RunRecord Find(string runId) => (stored is null ? FromLog(runId) : stored.Find(runId))
        ?? throw new CommandException($"There is no run '{runId}' in {log.Base.Path}.", ExitCode.Failed);

    public IReadOnlyList<EventLine> Events(EventFilter filter, int last) => stored?.Events(filter, last) ?? _browser.Last(filter, last);

    public void Dispose()
    {
        OpenLog.TellGarbage(_browser);
        stored?.Dispose();
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
