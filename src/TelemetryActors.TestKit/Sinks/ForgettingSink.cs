using TelemetryActors.Delivery;

namespace TelemetryActors.TestKit.Sinks;

/// <summary>Keeps its cursor with its data, and loses both together with its temper.</summary>
internal sealed class ForgettingSink : RecordingSink, IKeepsAccounts
{
    private readonly Lock _lock = new();
    private readonly List<long> _kept = [];
    private SinkAccount? _account;
    private bool _throws;
    private bool _isLocked;

    /// <summary>The numbers of the events that it never takes.</summary>
    public IReadOnlySet<long> Refused { get; init; } = new HashSet<long>();

    /// <summary>The numbers of the events that it has now.</summary>
    public IReadOnlyList<long> Kept
    {
        get
        {
            lock (_lock)
            {
                return [.. _kept];
            }
        }
    }

    /// <summary>The next call throws, and everything is gone.</summary>
    public void ForgetAndThrow()
    {
        lock (_lock)
        {
            _throws = true;
        }
    }

    /// <summary>What it has cannot be read from now on, or can be read again.</summary>
    public void Lock(bool isLocked)
    {
        lock (_lock)
        {
            _isLocked = isLocked;
        }
    }

    public IReadOnlyList<SinkAccount> LoadAccounts()
    {
        lock (_lock)
        {
            return _isLocked ? throw new IOException("locked by the test") : _account is { } account ? [account] : [];
        }
    }

    protected override ValueTask<SinkOutcome> AnswerAsync(SinkBatch batch, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_throws)
            {
                _throws = false;
                _account = null;
                _kept.Clear();
                throw new InvalidOperationException("thrown by the test");
            }

            var numbers = batch.Events().Select(Lines.NumberOf).ToList();
            var refused = numbers.Index().Where(entry => Refused.Contains(entry.Item)).Select(entry => new RejectedItem(entry.Index, "never taken")).ToList();
            if (batch.Origin == BatchOrigin.Live && !(_account?.Cursor.Ordinal >= batch.End.Ordinal))
            {
                _kept.AddRange(numbers.Where(number => !Refused.Contains(number)));
                _account = (_account ?? SinkAccount.StartAt(batch.Slot, batch.Start)).SeeTail(batch.End).Settle(batch.End, refused.Count, DropCounts.None);
            }

            return ValueTask.FromResult(refused.Count == 0 ? SinkOutcome.Delivered : new SinkOutcome.PartlyDelivered(refused));
        }
    }
}
