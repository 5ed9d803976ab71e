namespace TelemetryActors.Delivery;

/// <summary>The batch that is under way or to be repeated, and how often it was tried.</summary>
internal sealed class UploadInProgress
{
    private int _attemptsOfUpload;

    public UploadInProgress(OutstandingBatch? kept)
    {
        if (kept is not null)
        {
            Range = kept.Range;
            Attempts = kept.Attempts;
            _attemptsOfUpload = kept.AttemptsOfUpload;
        }
    }

    public EventRange Range { get; private set; }

    /// <summary>Tries of these events.</summary>
    public int Attempts { get; private set; }

    /// <summary>Whether the batch is a probe's newest event, which is never repeated.</summary>
    public bool IsNewest { get; private set; }

    /// <summary>Whether the same bounds go next.</summary>
    public bool IsToRepeat => Attempts > 0 && !IsNewest;

    public OutstandingBatch? Outstanding => IsToRepeat ? new OutstandingBatch(Range, Attempts, _attemptsOfUpload) : null;

    /// <summary>The batch goes out, for the first time or again.</summary>
    public void Begin(EventRange range, bool isNewest)
    {
        if (isNewest || range.Lane != Range.Lane || range.Start != Range.Start)
        {
            Attempts = 0;
            _attemptsOfUpload = 0;
        }

        Range = range;
        IsNewest = isNewest;
        Attempts++;
        _attemptsOfUpload++;
    }

    /// <summary>The batch did not go out after all.</summary>
    public void TakeBack()
    {
        Attempts--;
        _attemptsOfUpload--;
    }

    /// <summary>Whether the upload under way has used all its attempts.</summary>
    public bool IsExhausted(int attemptsPerUpload) => _attemptsOfUpload >= attemptsPerUpload;

    /// <summary>The wait before the next attempt of this upload.</summary>
    public TimeSpan NextDelay(IReadOnlyList<TimeSpan> ladder) => ladder[Math.Min(_attemptsOfUpload, ladder.Count) - 1];

    /// <summary>The attempt says nothing about the upload: it was told to wait, or nothing can arrive now.</summary>
    public void TakeAttemptBack() => _attemptsOfUpload--;

    /// <summary>The same batch waits for another upload.</summary>
    public void EndUpload() => _attemptsOfUpload = 0;

    /// <summary>The batch is settled, halved or set aside: other bounds go next.</summary>
    public void Forget() => Attempts = _attemptsOfUpload = 0;
}
