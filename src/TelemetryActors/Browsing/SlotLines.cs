using TelemetryActors.Encoding;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>The wanted events of one writer slot, one after another, forwards or backwards.</summary>
internal sealed class SlotLines(IFileSystem files, IEnumerable<LogPart> parts, EventFilter filter, bool backwards) : IDisposable
{
    private readonly Queue<LogPart> _parts = new(backwards ? parts.Reverse() : parts);
    private readonly RecentIds _ids = new();
    private ILineReader? _reader;
    private EventLine _current;

    /// <summary>The event that <see cref="MoveNext"/> found; valid until its next call.</summary>
    public ref readonly EventLine Current => ref _current;

    /// <summary>Lines that are no events.</summary>
    public long GarbageLines { get; private set; }

    public bool MoveNext()
    {
        while (_reader is not null || TryOpenNext())
        {
            while (_reader!.TryRead(out var bytes))
            {
                var verdict = filter.Judge(bytes, out _current);
                if (verdict == LineVerdict.Wanted && _ids.TryAdd(_current.Id))
                {
                    return true;
                }

                GarbageLines += verdict == LineVerdict.Garbage ? 1 : 0;
            }

            _reader.Dispose();
            _reader = null;
        }

        return false;
    }

    public void Dispose() => _reader?.Dispose();

    private bool TryOpenNext()
    {
        while (_parts.TryDequeue(out var part))
        {
            if (!filter.MayHold(part))
            {
                continue;
            }

            try
            {
                var file = files.OpenPlain(part.Path, writable: false);
                _reader = backwards ? new BackwardLineReader(file, part.Length) : new ForwardLineReader(file, 0, part.Length);
                return true;
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                // Removed by retention since the snapshot was taken.
            }
        }

        return false;
    }
}
