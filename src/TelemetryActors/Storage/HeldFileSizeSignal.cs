namespace TelemetryActors.Storage;

/// <summary>Keeps SIGXFSZ from the calling thread while code writes that does not ask <see cref="FileSizeLimit"/>, such as SQLite: a write beyond the limit fails, and the signal is taken away.</summary>
/// <remarks>Linux alone; elsewhere it does nothing. The system sends this signal to the thread that writes, so the rest of the program sees no difference. Within another one it costs nothing.</remarks>
internal readonly ref struct HeldFileSizeSignal : IDisposable
{
    [ThreadStatic]
    private static int _depth;

    private readonly bool _isHeld;

    private HeldFileSizeSignal(bool isHeld) => _isHeld = isHeld;

    /// <summary>Whether a write went beyond the limit since the outermost scope of this thread began.</summary>
    public static bool HasStruck => _depth > 0 && ThreadSignals.IsFileSizePending;

    /// <summary>Holds it until the end of the scope. What somebody holds back already stays theirs.</summary>
    public static HeldFileSizeSignal Begin()
    {
        if (!OperatingSystem.IsLinux() || (_depth == 0 && !ThreadSignals.TryHoldFileSize()))
        {
            return default;
        }

        _depth++;
        return new HeldFileSizeSignal(isHeld: true);
    }

    public void Dispose()
    {
        if (_isHeld && --_depth == 0)
        {
            ThreadSignals.DiscardFileSize();
        }
    }
}
