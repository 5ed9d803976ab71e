using TelemetryActors.Encoding;

namespace TelemetryActors.Runs;

/// <summary>Folds the lines of one run, in log order, into what is known of it.</summary>
/// <remarks>
/// A run that went on in another writer slot may be read from there first: by its number a line that comes late is counted, and changes nothing that later ones told.
/// An abandoned run is re-opened by an event that came after it was given up, by the lines' own times, and closed by a later end: the lines of its process may stand in
/// another writer's part of the log than the word that it was given up, and be read behind it. The first real end stands; ends after it are counted. An end
/// without a start makes a run whose start is unknown, and a start that comes late still tells it. Not thread-safe: a run has one owner.
/// </remarks>
public sealed class RunState
{
    private readonly SeenLines _seen = new();
    private readonly RunMetrics _metrics = new();
    private readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal);
    private RunRecord _record;

    /// <summary>A run nothing is known of yet.</summary>
    /// <param name="runId">Its id.</param>
    public RunState(string runId)
        : this(new RunRecord { RunId = runId })
    {
    }

    private RunState(RunRecord record)
    {
        _record = record;
        _seen.LastSequence = record.LastSequence;
        _seen.Remember(record.UnnumberedIds);
        _metrics.Merge(record.Metrics);
        foreach (var (name, text) in record.Labels)
        {
            _labels[name] = text;
        }
    }

    /// <summary>The run's id.</summary>
    public string RunId => _record.RunId;

    /// <summary>How the run stands.</summary>
    public RunStatus Status => _record.Status;

    /// <summary>Whether nothing is known but the commit that somebody tied to it: no line of its own says that it ever ran here.</summary>
    internal bool IsKnownByCommitAlone =>
        _record is { StartTime: null, LastSequence: null, Status: RunStatus.Running } && _metrics.Count == 0 && _labels.ContainsKey(RunEvents.CommitHash);

    /// <summary>Goes on from what was known at some place of the log with the lines behind it.</summary>
    public static RunState From(RunRecord record) => new(record);

    /// <summary>Takes the run's next line.</summary>
    /// <exception cref="ArgumentException">The line is another run's.</exception>
    public RunChange Apply(in EventLine line)
    {
        if (!line.IsOf(RunId))
        {
            throw new ArgumentException($"The line belongs to run {line.RunId ?? "none"}, not to {RunId}.", nameof(line));
        }

        if (_seen.IsSecond(line))
        {
            _record = _record with { DuplicateCount = _record.DuplicateCount + 1 };
            return RunChange.Duplicate;
        }

        // Said from outside it, a commit is no word of the run's own.
        var isCommit = line.MayBeOfRun && line.EventIs("run_commit"u8);
        var heardBefore = IsKnownByCommitAlone ? default : _record.LastHeardOf;
        var heard = line.ReceivedTimestamp ?? line.Timestamp;
        var isOfBeforeItWasGivenUp = Status == RunStatus.Abandoned && heard < heardBefore;
        _record = _record with
        {
            EventCount = _record.EventCount + 1,
            LastSequence = _seen.LastSequence,
            LastHeardOf = (isCommit && heardBefore != default) || ((isOfBeforeItWasGivenUp || IsLate(line)) && heard < heardBefore) ? heardBefore : heard,
            AgentName = _record.AgentName ?? line.Agent,
        };
        if (line.MayBeOfRun && line.EventIs("run_end"u8))
        {
            return End(line, heardBefore);
        }

        if (isCommit)
        {
            return TakeCommit(line);
        }

        var change = !line.MayBeOfRun ? RunChange.Continued
            : line.EventIs("run_start"u8) ? Start(line)
            : line.EventIs("run_metrics"u8) ? ChangeMetrics(line)
            : RunChange.Continued;
        return isOfBeforeItWasGivenUp ? EndNoEarlier(heard, heardBefore, change) : Reopen(change);
    }

    /// <summary>Counts lines that were looked at elsewhere, and say nothing but that the run lives.</summary>
    /// <param name="lines">How many.</param>
    internal void CountFurther(long lines)
    {
        _record = _record with { EventCount = _record.EventCount + lines };
        if (lines > 0)
        {
            _seen.KeepNoGaps();
        }
    }

    /// <summary>Counts lines by the number that the run's owner gave the last of them.</summary>
    /// <param name="lastSequence">The number; one that is not above what is known changes nothing.</param>
    /// <param name="heardAt">When the owner told it.</param>
    internal void AdvanceTo(long lastSequence, DateTimeOffset heardAt)
    {
        var further = Math.Max(0, lastSequence - (_record.LastSequence ?? 0));
        _seen.LastSequence = (_record.LastSequence ?? 0) + further;
        _record = _record with { EventCount = _record.EventCount + further, LastSequence = _seen.LastSequence, LastHeardOf = heardAt };
    }

    /// <summary>Whether the run should be closed as abandoned: it runs, and nothing was heard of it for longer than its lease.</summary>
    /// <param name="lease">How long a run may be silent.</param>
    /// <param name="now">The time on the clock that the lines were taken by.</param>
    public bool IsSilentBeyond(TimeSpan lease, DateTimeOffset now) =>
        _record is { Status: RunStatus.Running, EventCount: > 0 } && !IsKnownByCommitAlone && now - _record.LastHeardOf > lease;

    /// <summary>What is known now.</summary>
    public RunRecord ToRecord() => _record with
    {
        Metrics = _metrics.ToDictionary(),
        Labels = new Dictionary<string, string>(_labels, StringComparer.Ordinal),
        UnnumberedIds = _seen.Ids,
    };

    private RunChange Start(in EventLine line)
    {
        if (_record.StartTime is not null)
        {
            return RunChange.Continued;
        }

        using var details = RunDetails.Of(line);
        TakeTexts(details);
        _record = _record with
        {
            StartTime = line.Timestamp,
            AgentName = details.Text(RunEvents.AgentName) ?? _record.AgentName,
            JobType = details.Text(RunEvents.JobType),
        };
        _record = _record with { DurationMs = _record.EndTime is null ? null : _record.DurationMs ?? Duration() };
        return RunChange.Started;
    }

    private RunChange ChangeMetrics(in EventLine line)
    {
        using var details = RunDetails.Of(line);
        var metrics = details.Metrics();
        _metrics.Merge(IsLate(line) ? metrics.Where(metric => _metrics[metric.Key] is null) : metrics);
        return RunChange.MetricsChanged;
    }

    // Read behind lines that the run's owner gave higher numbers.
    private bool IsLate(in EventLine line) => line.RunSequence < _seen.LastSequence;

    // Said of a run from outside it, at any time: no sign that it lives.
    private RunChange TakeCommit(in EventLine line)
    {
        using var details = RunDetails.Of(line);
        var before = _labels.GetValueOrDefault(RunEvents.CommitHash);
        Dictionary<string, string> ofBefore = new(_labels, StringComparer.Ordinal);
        foreach (var name in RunEvents.CommitLabels)
        {
            _labels.Remove(name);
        }

        TakeLabels(details);
        if (before is null || before == _labels.GetValueOrDefault(RunEvents.CommitHash, before))
        {
            // More is said of the same commit; what another one was like says nothing of this.
            foreach (var name in RunEvents.CommitLabels.Where(ofBefore.ContainsKey))
            {
                _labels.TryAdd(name, ofBefore[name]);
            }
        }

        return RunChange.CommitKnown;
    }

    // Whoever gives a run up may come days later: it ended when it was last heard of.
    private RunChange End(in EventLine line, DateTimeOffset heardBefore)
    {
        using var details = RunDetails.Of(line);
        var isReadable = RunStatusText.TryParse(details.Text(RunEvents.Status), out var status) && status != RunStatus.Running;
        var isStanding = Status.IsFinal() || (Status == RunStatus.Abandoned && status == RunStatus.Abandoned);
        if (!isReadable || isStanding)
        {
            _record = _record with { IgnoredEndCount = _record.IgnoredEndCount + 1 };
            return RunChange.EndIgnored;
        }

        TakeTexts(details);
        _metrics.Merge(details.Metrics());
        _record = _record with
        {
            Status = status,
            EndTime = status == RunStatus.Abandoned && heardBefore != default ? heardBefore : line.Timestamp,
            AgentName = _record.AgentName ?? details.Text(RunEvents.AgentName),
            JobType = _record.JobType ?? details.Text(RunEvents.JobType),
        };
        _record = _record with { DurationMs = details.Number(RunEvents.DurationMs) is { } given and >= 0 ? given : Duration() };
        return RunChange.Ended;
    }

    // Another slot's lines, which are read after the word that the run was given up: it ended when it was last heard of before that.
    private RunChange EndNoEarlier(DateTimeOffset heard, DateTimeOffset givenUp, RunChange change)
    {
        var ended = _record.EndTime is { } known && known < givenUp && known > heard ? known : heard;
        _record = _record with { EndTime = ended };
        _record = _record with { DurationMs = Duration() };
        return change;
    }

    // Whatever is said after a run was given up shows that it lives.
    private RunChange Reopen(RunChange change)
    {
        if (Status != RunStatus.Abandoned)
        {
            return change;
        }

        _record = _record with { Status = RunStatus.Running, EndTime = null, DurationMs = null };
        return RunChange.Reopened;
    }

    // The wall clock may have been set back in between; no run takes less than nothing.
    private double? Duration() => _record is { StartTime: { } start, EndTime: { } end } ? Math.Max(0, (end - start).TotalMilliseconds) : null;

    private void TakeTexts(RunDetails details)
    {
        _record = _record with
        {
            InputSummary = details.Text(RunEvents.InputSummary) ?? _record.InputSummary,
            OutputSummary = details.Text(RunEvents.OutputSummary) ?? _record.OutputSummary,
            ErrorSummary = details.Text(RunEvents.ErrorSummary) ?? _record.ErrorSummary,
        };
        TakeLabels(details);
    }

    private void TakeLabels(RunDetails details)
    {
        foreach (var name in RunEvents.Labels)
        {
            if (details.Text(name) is { } text)
            {
                _labels[name] = text;
            }
        }
    }
}
