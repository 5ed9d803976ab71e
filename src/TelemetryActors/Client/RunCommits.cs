using TelemetryActors.Runs;
using TelemetryActors.Storage;

namespace TelemetryActors.Client;

/// <summary>Ties runs to the git commit that the working directory stands at (S4.10), beside their callers: a disk that hangs delays no run.</summary>
/// <remarks>Thread-safe. What is not read within a moment comes as an event of its own once it is; until then no later run waits. After a thousand runs that wait for one reading, further ones are tied to nothing.</remarks>
/// <param name="workingDirectory">Where the process works now.</param>
/// <param name="tieLate">Ties a run that has begun to a commit.</param>
/// <param name="patience">How long a run waits at most.</param>
internal sealed class RunCommits(Func<string> workingDirectory, Action<string, string, RunLabels> tieLate, TimeSpan patience)
{
    // A disk may hang for hours under a busy agent.
    private const int MostWaiting = 1000;

    private readonly HeadReader _reader = new(() => Head(workingDirectory));
    private readonly Lock _gate = new();
    private readonly Queue<(string Run, RunLabels? Labels)> _waiting = [];
    private Task<GitHead?>? _overdue;

    /// <summary>A run's labels with those of its commit; what the caller says of the commit stands before what is found.</summary>
    public RunLabels? Label(string run, RunLabels? labels)
    {
        if ((labels ?? []).Any(label => label.Key == RunEvents.CommitHash))
        {
            return labels;
        }

        var reading = BeginUnlessOverdue(run, labels);
        if (reading is null)
        {
            return labels;
        }

        if (!DiskCall.TryWait(reading, patience, out var head))
        {
            WaitBeside(reading, run, labels);
            return labels;
        }

        return head is null ? labels : With(LabelsOf(head), labels);
    }

    // One that did not come in time is not begun a second time beside itself.
    private Task<GitHead?>? BeginUnlessOverdue(string run, RunLabels? labels)
    {
        lock (_gate)
        {
            if (_overdue is null)
            {
                return _reader.ReadAsync();
            }

            Enqueue(run, labels);
            return null;
        }
    }

    // A working directory can be deleted under its process.
    private static GitHead? Head(Func<string> workingDirectory)
    {
        try
        {
            return GitHead.Of(workingDirectory());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void WaitBeside(Task<GitHead?> reading, string run, RunLabels? labels)
    {
        lock (_gate)
        {
            Enqueue(run, labels);
            if (_overdue is not null)
            {
                return;
            }

            _overdue = reading;
        }

        reading.ContinueWith(read => TieLate(read.IsCompletedSuccessfully ? read.Result : null), TaskScheduler.Default);
    }

    private void Enqueue(string run, RunLabels? labels)
    {
        if (_waiting.Count < MostWaiting)
        {
            _waiting.Enqueue((run, labels));
        }
    }

    private void TieLate(GitHead? head)
    {
        (string Run, RunLabels? Labels)[] waited;
        lock (_gate)
        {
            waited = [.. _waiting];
            _waiting.Clear();
            _overdue = null;
        }

        if (head?.Commit is { } commit)
        {
            foreach (var (run, labels) in waited)
            {
                tieLate(run, commit, With(LabelsOf(head), labels?.Where(label => label.Key.StartsWith("git_", StringComparison.Ordinal))));
            }
        }
    }

    private static RunLabels LabelsOf(GitHead head)
    {
        var labels = new RunLabels();
        foreach (var (name, text) in new[] { ("git_repo", head.Repo), ("git_branch", head.Branch), (RunEvents.CommitHash, head.Commit) })
        {
            if (text is not null)
            {
                labels.Add(name, text);
            }
        }

        return labels;
    }

    private static RunLabels With(RunLabels found, IEnumerable<KeyValuePair<string, string>>? said)
    {
        foreach (var (name, text) in said ?? [])
        {
            found.Add(name, text);
        }

        return found;
    }
}
