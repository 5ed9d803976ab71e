using TelemetryActors.AkkaNet.Runs;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>Decides whose lines are set aside so that other runs go on: those of runs whose actors take nothing for long while others do.</summary>
/// <remarks>In memory alone: after a restart of the sink every actor is told anew. One call at a time; <c>now</c> is of a clock that never jumps.</remarks>
internal sealed class AsideRuns
{
    /// <summary>How long a run may hold its agent's batch by refusals while others take theirs: a node that cannot write has given its runs to others by then.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The same where the batch has no lines for others that could show that the cluster takes.</summary>
    public static readonly TimeSpan PatienceAlone = TimeSpan.FromMinutes(2);

    /// <summary>How long it counts that a run was taken: after that a cluster that takes nothing is away, and agents keep their events in order.</summary>
    public static readonly TimeSpan ProofTime = TimeSpan.FromMinutes(10);

    /// <summary>Attempts of a batch after which a run's actor that does not answer at all, while others do, is one of them.</summary>
    public const int MaxSilentAttempts = 10;

    private readonly HashSet<string> _aside = new(StringComparer.Ordinal);
    private TimeSpan _begun;
    private TimeSpan? _lastTaken;

    /// <summary>A batch is told for the first time.</summary>
    public void Begin(TimeSpan now) => _begun = now;

    /// <summary>Whether a run's lines are set aside without being told: until it is tried with those that were set aside before.</summary>
    public bool IsAside(string entityId, TimeSpan now) => _aside.Contains(entityId) && now - _lastTaken < ProofTime;

    /// <summary>Takes note of what became of a batch.</summary>
    /// <param name="answers">Each actor's lines with its last answer: taken, refused, null for none in time, or <see cref="NotTold"/>.</param>
    /// <param name="attempt">Which try of the batch this was, from 1.</param>
    /// <param name="isAgain">Whether the lines were set aside before, so that they hold up nobody when they are once more.</param>
    /// <param name="hasRoom">Whether further lines may be set aside.</param>
    /// <param name="now">The instant.</param>
    /// <returns>The runs whose lines of this batch are set aside now, each with its cause.</returns>
    public IReadOnlyDictionary<string, string> Decide(
        IReadOnlyCollection<(EntityLines Lines, object? Answer)> answers, int attempt, bool isAgain, bool hasRoom, TimeSpan now)
    {
        var aside = new Dictionary<string, string>(StringComparer.Ordinal);
        var isTaking = false;
        foreach (var (lines, _) in answers.Where(answer => answer.Answer is RunBatchTaken))
        {
            isTaking = true;
            _lastTaken = now;
            _aside.Remove(lines.EntityId);
        }

        foreach (var (lines, answer) in answers)
        {
            if (CauseOf(answer) is { } cause && (isAgain || answer is NotTold || (hasRoom && IsForTooLong(answer, attempt, isTaking, now))))
            {
                aside[lines.EntityId] = cause;
            }
        }

        _aside.UnionWith(aside.Keys);
        return aside;
    }

    // A node that refuses one run refuses its others too: what is known of it costs no second wait.
    private bool IsForTooLong(object? answer, int attempt, bool isTaking, TimeSpan now) => answer is null
        ? isTaking && attempt > MaxSilentAttempts
        : isTaking ? _aside.Count > 0 || now - _begun >= Patience : now - _begun >= PatienceAlone && now - _lastTaken < ProofTime;

    private static string? CauseOf(object? answer) => answer switch
    {
        null => "its actor did not answer, while others did",
        RunBatchRefused { IsFinal: false } refused => refused.Reason,
        NotTold => "its actor refused what came before",
        _ => null,
    };

    /// <summary>In place of an answer: the lines were not told, for their run is aside.</summary>
    internal sealed record NotTold
    {
        public static readonly NotTold Instance = new();
    }
}
