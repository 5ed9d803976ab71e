using TelemetryActors.Runs;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>What is known of one run: its life, and which of its lines came before.</summary>
/// <remarks>Decides nothing about time, journal or buffer; for one thread at a time.</remarks>
internal sealed class RunMemory(string entityId)
{
    private const int MostIdBytes = 1024;

    private readonly RunLife _life = new(entityId);
    private SeenIds _seen = new();

    /// <summary>The run; null while no line of it has come.</summary>
    public RunRecord? Record => _life.Record;

    /// <summary>Whether somebody must watch its lease.</summary>
    public bool IsRunning => _life.IsRunning;

    /// <summary>Whether its end stands.</summary>
    public bool HasEnded => _life.HasEnded;

    /// <summary>Takes out of a batch what came before. The rest counts as having come when <see cref="Keep"/> says so, and is new again after <see cref="Forget"/>.</summary>
    public SiftedBatch Sift(RunBatch batch)
    {
        var sifted = IsTakenByJournals(entityId)
            ? BatchSieve.Sift(batch.Lines, batch.Count, batch.IsRepeat ? null : _seen)
            : SiftedBatch.Faulty("no journal takes its run's id");
        if (sifted.Fault is not null)
        {
            Forget();
        }

        return sifted;
    }

    /// <summary>The batch that was sifted last is fsynced.</summary>
    public void Keep() => _seen.Keep();

    /// <summary>The batch that was sifted last came to nothing.</summary>
    public void Forget() => _seen.Forget();

    /// <summary>Folds the new lines of a batch.</summary>
    /// <returns>The turns in the run's life that are to be persisted: this memory has them already.</returns>
    public IReadOnlyList<IRunEvent> Apply(SiftedBatch batch) => _life.Apply(batch);

    /// <summary>Folds a line that this process wrote through the first door, which nobody sends again.</summary>
    public IReadOnlyList<IRunEvent> Apply(ReadOnlyMemory<byte> line) => _life.Apply(line) is { } turn ? [turn] : [];

    /// <summary>Folds a line of the journal, or one that was appended for the run, which counts as having come.</summary>
    public IReadOnlyList<IRunEvent> Remember(ReadOnlyMemory<byte> line)
    {
        if (LineFrame.TryRead(line.Span.EndsWith("\n"u8) ? line[..^1] : line, out var frame, out _))
        {
            _seen.IsSecond(frame.Id);
            _seen.Keep();
        }

        return Apply(line);
    }

    /// <summary>The run's owner, in this process, has come so far.</summary>
    public void AdvanceTo(long lastSequence, DateTimeOffset now) => _life.AdvanceTo(lastSequence, now);

    /// <summary>Goes on from what was kept.</summary>
    public void Load(RunSnapshot snapshot)
    {
        _life.Load(snapshot.Record);
        _seen = SeenIds.From(snapshot.Seen);
    }

    public RunSnapshot ToSnapshot() => new(_life.Record, _seen.ToRecord());

    // What PostgreSQL takes in a column with an index, and no less: a batch of another id is refused for good, or it would be sent again for ever. Agents deal lines by a narrower
    // rule of their own (RunLines), which loses nothing; this one must hold for every agent there is, of other versions, too.
    private static bool IsTakenByJournals(string id) => !id.Contains('\0') && System.Text.Encoding.UTF8.GetByteCount(id) <= MostIdBytes;
}
