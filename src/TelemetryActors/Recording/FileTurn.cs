using TelemetryActors.Storage;

namespace TelemetryActors.Recording;

/// <summary>One file as all recorders of this process write to it: one after the other, because the place to write is the file's end and the file system knows no appending write.</summary>
/// <remarks>Known by what the file is, under whatever names and through whatever links; by its name where the system does not tell. Forgotten when nobody writes there.</remarks>
internal sealed class FileTurn : IDisposable
{
    private static readonly Dictionary<(ulong Device, ulong Inode, string Name), FileTurn> Taken = [];

    private readonly (ulong Device, ulong Inode, string Name) _file;
    private readonly Lock _gate = new();

    // Under the lock of all turns.
    private int _takers;

    private FileTurn((ulong Device, ulong Inode, string Name) file) => _file = file;

    /// <summary>Whether a stream took the beginning of a line and not the rest. For who has the turn.</summary>
    public bool IsCutShort { get; set; }

    /// <summary>Waits for the turn; its end is <see cref="Dispose"/>.</summary>
    public static FileTurn Take(FileIdentity file, string path)
    {
        var known = (file.Device, file.Inode, file is { Device: 0, Inode: 0 } ? path : "");
        FileTurn? turn;
        lock (Taken)
        {
            if (!Taken.TryGetValue(known, out turn))
            {
                Taken.Add(known, turn = new FileTurn(known));
            }

            turn._takers++;
        }

        turn._gate.Enter();
        return turn;
    }

    public void Dispose()
    {
        _gate.Exit();
        lock (Taken)
        {
            _takers--;
            if (_takers == 0 && !IsCutShort)
            {
                Taken.Remove(_file);
            }
        }
    }
}
