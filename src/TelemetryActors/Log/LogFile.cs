using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Log;

/// <summary>One open file of the event log, written at offsets that follow from positions.</summary>
/// <remarks>Appending belongs to one thread; <see cref="Sync"/> may run beside it.</remarks>
internal sealed class LogFile : IDisposable
{
    private const int MaxNumber = 999_999;
    private const int FirstWriteBytes = 64 * 1024;

    private readonly LogFolder _folder;
    private readonly IStorageFile _file;
    private readonly string _path;

    private LogStretch? _stretch;
    private long _mayReachTo;
    private Cursor? _triedAt;
    private Cursor _written;
    private volatile bool _directorySynced;
    private volatile bool _isClosed;

    private LogFile(LogFolder folder, IStorageFile file, LogFileName name, LogStretch? stretch)
    {
        _folder = folder;
        _file = file;
        _stretch = stretch;
        _path = folder.PathOf(name.ToString());
        Identity = file.Identity;
        Begin = stretch?.Start;
        Name = name.ToString();
        Label = name.Label;
        EndOffset = _mayReachTo = stretch?.EndOffset ?? 0;
        _written = stretch?.End ?? default;
    }

    public string Name { get; }

    /// <summary>The name without slot, number and extension.</summary>
    public string Label { get; }

    /// <summary>Behind the last byte that was written whole.</summary>
    public long EndOffset { get; private set; }

    /// <summary>Where its first event begins; null when it holds none.</summary>
    public Cursor? Begin { get; private set; }

    /// <summary>Whether it was made to write again what a failed fsync was for.</summary>
    public bool IsRewrite { get; private init; }

    /// <summary>Whether an fsync has succeeded: then something in it was acknowledged.</summary>
    public bool WasSynced { get; private set; }

    /// <summary>Which file it was when it was made.</summary>
    public FileIdentity Identity { get; }

    /// <summary>Nothing more is appended.</summary>
    public bool IsClosed
    {
        get => _isClosed;
        set => _isClosed = value;
    }

    /// <summary>What was begun last in it; null when it holds none.</summary>
    public LogStretch? Stretch => _stretch;

    /// <summary>Behind the last event that was written; position and ordinal are read under the lock that guards them.</summary>
    public Cursor Written
    {
        get
        {
            lock (_file)
            {
                return _written;
            }
        }
    }

    /// <summary>Makes a file whose name is free.</summary>
    public static LogFile Create(LogFolder folder, LogFileName name, bool isRewrite = false)
    {
        folder.Remember();
        return new LogFile(folder, folder.Files.Create(folder.PathOf(name.ToString())), name, null) { IsRewrite = isRewrite };
    }

    /// <summary>The first name that is free.</summary>
    public static LogFileName FreeName(LogFolder folder, LogFileName name)
    {
        folder.Files.CreateDirectory(folder.Directory);
        while (folder.Files.IsTaken(folder.PathOf(name.ToString())))
        {
            if (name.Number == MaxNumber)
            {
                throw new IOException($"No name is free for {folder.PathOf(name.ToString())}.");
            }

            name = name.Next();
        }

        return name;
    }

    /// <summary>Opens the file of the last stretch to go on with it; null when it cannot be.</summary>
    /// <remarks>What stands behind the stretch stays until <see cref="Cut"/>: others may be reading it, and the same bytes may be written there again.</remarks>
    public static LogFile? Resume(LogFolder folder, LogStretch last)
    {
        if (folder.ParseName(last.File) is not { } name)
        {
            return null;
        }

        try
        {
            folder.Remember();
            var file = folder.Files.OpenPlain(folder.PathOf(last.File), writable: true);
            return new LogFile(folder, file, name, last) { _mayReachTo = Math.Max(file.Identity.Length, last.EndOffset) };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The file stays as it is and a new one begins; a disk that refuses that too says so at the first append.
            return null;
        }
    }

    /// <summary>Whether the path still names this file, with the length it was left with.</summary>
    public bool IsAsLeft() =>
        _folder.Files.Identify(_path) is { } named
        && named.IsSameFile(_file.Identity)
        && named.Length >= EndOffset
        && named.Length <= _mayReachTo;

    /// <summary>Whether events from a cursor on can follow: not when a failed write left bytes that they would not cover.</summary>
    /// <remarks>A repeated write puts the same bytes in the same places. A file that holds nothing yet begins anew: on a full disk each try would leave a file.</remarks>
    public bool CanTake(Cursor start)
    {
        if (Continues(start) || _mayReachTo == EndOffset || _triedAt == start)
        {
            return true;
        }

        if (EndOffset > 0)
        {
            return false;
        }

        _file.Truncate(0);
        _mayReachTo = 0;
        return true;
    }

    /// <summary>Takes away whatever stands behind what was written last.</summary>
    public void Cut()
    {
        if (_mayReachTo > EndOffset)
        {
            // Left to the device's leisure, a reboot could mix what was cut with what comes in its place.
            _file.Truncate(EndOffset);
            _file.Sync();
            _mayReachTo = EndOffset;
        }
    }

    /// <summary>Takes away the torn line that a failed write has left, where nothing will be written over it; whole lines stay.</summary>
    public void CutTornLine()
    {
        var remains = new byte[Math.Max(_file.Identity.Length - EndOffset, 0)];
        if (_mayReachTo == EndOffset || remains.Length == 0)
        {
            return;
        }

        var read = _file.Read(remains, EndOffset);
        _mayReachTo = EndOffset + remains.AsSpan(0, read).LastIndexOf((byte)'\n') + 1;
        _file.Truncate(_mayReachTo);
    }

    /// <summary>Writes whole events, behind an anchor where one is needed.</summary>
    /// <param name="lines">Their bytes.</param>
    /// <param name="start">Before the first.</param>
    /// <param name="end">Behind the last.</param>
    /// <param name="now">The instant that the anchor names.</param>
    /// <param name="gap">Why the events right before the first are in no file; null when they are.</param>
    /// <param name="generation">How often what an fsync had failed for was written again before.</param>
    /// <remarks>Where the disk takes a part and fails, the whole lines of that are written all the same (<see cref="Written"/>, <see cref="Stretch"/>): readers see them.</remarks>
    public void Append(ReadOnlySpan<byte> lines, Cursor start, Cursor end, DateTimeOffset now, LogGap? gap, int generation)
    {
        var anchor = Continues(start) ? [] : LogAnchor.Encode(start, now, gap, generation);
        try
        {
            if (anchor.Length > 0)
            {
                _triedAt = start;
                WriteBehind(anchor, lines);
            }
            else
            {
                WriteAt(lines, EndOffset);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (LandedOf([.. anchor, .. lines]) - anchor.Length is > 0 and var landed)
            {
                Take(landed, lines[..landed].Count((byte)'\n'));
            }

            throw;
        }

        Take(lines.Length, end.Ordinal - start.Ordinal);

        void Take(int bytes, long events)
        {
            if (anchor.Length > 0)
            {
                _stretch = new LogStretch(Name, EndOffset + anchor.Length, start, bytes, events, gap, generation);
                Begin ??= start;
                _triedAt = null;
            }
            else
            {
                _stretch!.Extend(bytes, events);
            }

            EndOffset += anchor.Length + bytes;
            _mayReachTo = Math.Max(EndOffset, _mayReachTo);
            lock (_file)
            {
                _written = _stretch.End;
            }
        }
    }

    /// <summary>Brings everything written so far to the device, the file's name too.</summary>
    public void Sync()
    {
        _file.Sync();
        if (!_directorySynced)
        {
            _folder.Files.SyncDirectory(_folder.Directory);
            _directorySynced = true;
        }

        WasSynced = true;
    }

    /// <summary>Takes the file away again when the disk took no whole event for it; one that cannot be removed stays.</summary>
    public void DeleteIfEmpty()
    {
        try
        {
            if (EndOffset == 0 && IsAsLeft())
            {
                _folder.Files.Delete(_path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It holds nothing that anybody reads.
        }
    }

    public void Dispose() => _file.Dispose();

    // Bytes that stood there before are none of these unless they are the same.
    private int LandedOf(ReadOnlySpan<byte> lines)
    {
        try
        {
            var there = new byte[lines.Length];
            return _file.Read(there, EndOffset) is > 0 and var read ? lines[..lines.CommonPrefixLength(there.AsSpan(0, read))].LastIndexOf((byte)'\n') + 1 : 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private bool Continues(Cursor start) => _stretch is { } stretch && stretch.End == start;

    // The anchor and the first events are one write: no crash can leave an anchor without what it speaks of, or the reverse.
    private void WriteBehind(byte[] anchor, ReadOnlySpan<byte> lines)
    {
        var first = lines.Length <= FirstWriteBytes ? lines.Length : lines[..FirstWriteBytes].LastIndexOf((byte)'\n') + 1;
        first = first == 0 ? lines.Length : first;
        var together = new byte[anchor.Length + first];
        anchor.CopyTo(together, 0);
        lines[..first].CopyTo(together.AsSpan(anchor.Length));
        WriteAt(together, EndOffset);
        if (first < lines.Length)
        {
            WriteAt(lines[first..], EndOffset + together.Length);
        }
    }

    private void WriteAt(ReadOnlySpan<byte> bytes, long offset)
    {
        _mayReachTo = Math.Max(_mayReachTo, offset + bytes.Length);
        _file.Write(bytes, offset);
    }
}
