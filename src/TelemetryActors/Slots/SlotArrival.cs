using System.Runtime.ExceptionServices;

namespace TelemetryActors.Slots;

/// <summary>The writer slot that a start opens on a thread of its own: waited for no longer than a limit, there to be taken when its disk answers later, or takes what it had refused.</summary>
/// <remarks>Thread-safe. A disk that hangs holds that thread alone, which ends with the process.</remarks>
internal sealed class SlotArrival
{
    // A directory that refuses may be mended at any time: what is held meanwhile dies with the process.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly object _gate = new();
    private WriterSlot? _slot;
    private Exception? _failure;
    private Action<Exception>? _tellLateFailure;
    private bool _isOpened;
    private bool _isForgotten;

    public SlotArrival(SlotSettings settings) =>
        new Thread(() => Open(settings)) { IsBackground = true, Name = "telemetry slot" }.Start();

    /// <summary>What to say of a base directory that has not answered yet.</summary>
    public static string Awaited(BaseFolder folder) =>
        $"The base directory {folder.Path} does not answer: events are held in memory, and go on there once it does. What its disk does not take by the end is lost with the process.";

    /// <summary>Whether its start has gone on without it, and it has neither come nor failed.</summary>
    public bool IsAwaited
    {
        get
        {
            lock (_gate)
            {
                return !_isOpened;
            }
        }
    }

    /// <summary>Whether it came after its start had gone on without it, and nobody has taken it yet.</summary>
    public bool IsThere => Volatile.Read(ref _slot) is not null;

    /// <summary>Waits for the slot.</summary>
    /// <param name="limit">How long.</param>
    /// <param name="tellLateFailure">Told why the slot cannot be opened, when the disk says so after the limit.</param>
    /// <returns>Null when the disk has not answered by then.</returns>
    /// <exception cref="IOException">The base directory cannot be used now; it is tried again.</exception>
    public WriterSlot? WaitFor(TimeSpan limit, Action<Exception> tellLateFailure)
    {
        lock (_gate)
        {
            if (!_isOpened && limit > TimeSpan.Zero)
            {
                Monitor.Wait(_gate, limit);
            }

            if (!_isOpened)
            {
                _tellLateFailure = tellLateFailure;
                return null;
            }

            if (_failure is { } failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            return Take();
        }
    }

    /// <summary>Takes the slot; null when it is not there.</summary>
    public WriterSlot? Take()
    {
        lock (_gate)
        {
            var slot = _slot;
            _slot = null;
            return slot;
        }
    }

    /// <summary>Whoever took it could not begin there: it can be taken again.</summary>
    public void PutBack(WriterSlot slot)
    {
        lock (_gate)
        {
            if (!_isForgotten)
            {
                _slot = slot;
                return;
            }
        }

        slot.Release();
    }

    /// <summary>Nobody wants the slot any more: it is given back, now or when it comes.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _isForgotten = true;
            Monitor.PulseAll(_gate);
        }

        Take()?.Release();
    }

    private void Open(SlotSettings settings)
    {
        WriterSlot? slot = null;
        Exception? failure = null;
        try
        {
            // Whoever takes it says that a writer has begun, before anything leaves the ring: no fsync stands before the first event.
            slot = WriterSlot.Open(settings, notesBegin: false);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        Arrive(slot, failure);
        if (failure is IOException or UnauthorizedAccessException)
        {
            OpenLater(settings);
        }
    }

    private void OpenLater(SlotSettings settings)
    {
        while (!WaitOrEnd())
        {
            try
            {
                Arrive(WriterSlot.Open(settings, notesBegin: false), failure: null);
                return;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // As before, which was told.
            }
        }
    }

    private bool WaitOrEnd()
    {
        lock (_gate)
        {
            if (!_isForgotten)
            {
                Monitor.Wait(_gate, Pause);
            }

            return _isForgotten;
        }
    }

    private void Arrive(WriterSlot? slot, Exception? failure)
    {
        Action<Exception>? tellFailure;
        bool isUnwanted;
        lock (_gate)
        {
            isUnwanted = _isForgotten;
            tellFailure = _tellLateFailure;
            _slot = isUnwanted ? null : slot;
            _failure = failure;
            _isOpened = true;
            Monitor.PulseAll(_gate);
        }

        if (failure is not null)
        {
            tellFailure?.Invoke(failure);
        }
        else if (isUnwanted)
        {
            slot?.Release();
        }
    }
}
