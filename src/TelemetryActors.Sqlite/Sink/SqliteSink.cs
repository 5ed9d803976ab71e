using TelemetryActors.Delivery;
using TelemetryActors.Storage;

namespace TelemetryActors.Sqlite;

/// <summary>Stores runs, and events when they are wanted, in a SQLite file (S4.8-S4.12). Waits and retries are the delivery's; there are none in here.</summary>
/// <remarks>A damaged file is set aside and the sink made anew: its accounts are empty then, and the log is read from its beginning.</remarks>
internal sealed class SqliteSink(StoreFile file, TimeProvider time, Action<string> tell) : ISink, IKeepsAccounts
{
    private readonly DamageWord _word = new(file.Path, tell);
    private StoreWriter? _store;
    private IReadOnlyList<SinkAccount>? _told;
    private FileIdentity? _opened;

    /// <inheritdoc />
    public IReadOnlyList<SinkAccount> LoadAccounts()
    {
        // One that is refused throws as one that is locked: nothing is known of what it has, and nothing may be kept as if it had nothing.
        _store ??= Open();
        _told = _store.Accounts;
        return _told;
    }

    /// <inheritdoc />
    public ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        try
        {
            return ValueTask.FromResult(Deliver(batch));
        }
        catch (StoreRefusedException refused)
        {
            return ValueTask.FromResult<SinkOutcome>(new SinkOutcome.Misconfigured(refused.Message));
        }
        catch (SqliteFault fault) when (!fault.IsDamage)
        {
            return ValueTask.FromResult(Answer(fault));
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private SinkOutcome Deliver(SinkBatch batch)
    {
        if (_store is not null && !IsInPlace())
        {
            // SQLite would go on in a file that nobody can open any more.
            Close();
        }

        _store ??= Reopen();
        if (_opened is { } opened && _word.Find(opened) is { } damage)
        {
            throw SetAside(SqliteFault.Damage(file.Path, damage));
        }

        try
        {
            var rejected = _store.Write(batch);
            return rejected.Count == 0 ? SinkOutcome.Delivered : new SinkOutcome.PartlyDelivered(rejected);
        }
        catch (SqliteFault fault) when (fault.IsDamage)
        {
            throw SetAside(fault);
        }
    }

    // A file that could not be opened at the start, or not be kept open, may say something else now than what the delivery was told.
    private StoreWriter Reopen()
    {
        var store = Open();
        if (_told is not { } told || (told.Count == store.Accounts.Count && told.All(store.Accounts.Contains)))
        {
            return store;
        }

        store.Dispose();
        throw new IOException($"{file.Path} has changed: its accounts are read again.");
    }

    private StoreWriter Open()
    {
        try
        {
            file.CheckPlace();
            if (!file.IsMemory)
            {
                new StoreSwap(file.Path, DiskFileSystem.Instance).GoOn();
                if (Identify() is null)
                {
                    // The number of a file that is gone may be the next one's.
                    _word.Forget();
                }
            }

            var store = file.Open(time.GetUtcNow(), tell);
            _opened = Identify();
            return store;
        }
        catch (SqliteFault fault) when (fault.IsDamage)
        {
            throw SetAside(fault);
        }
    }

    private bool IsInPlace() => file.IsMemory || (_opened is { } opened && Identify() is { } now && now.IsSameFile(opened));

    private FileIdentity? Identify() => file.IsMemory ? null : DiskFileSystem.Instance.Identify(file.Path);

    private IOException SetAside(SqliteFault fault)
    {
        Close();
        var aside = file.SetAside(time.GetUtcNow());
        _word.Forget();
        return new IOException($"{fault.Message}. The file was set aside as {aside}, and a new one is built from the log.", fault);
    }

    private SinkOutcome Answer(SqliteFault fault)
    {
        if (fault.IsForbidden)
        {
            Close();
            return new SinkOutcome.Misconfigured(fault.Message);
        }

        // After an error of the disk the connection's own view of the file is not to be trusted.
        if (!fault.IsLocked && !fault.IsFull && !file.IsMemory)
        {
            Close();
        }

        return new SinkOutcome.Retry(fault.Message);
    }

    private void Close()
    {
        _told = _told is null ? null : _store?.Accounts ?? _told;
        _store?.Dispose();
        _store = null;
    }
}
