using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;

namespace TelemetryActors.Log;

/// <summary>An event log over real files in a temporary directory, with its ring, a clock and faults on demand.</summary>
internal sealed class LogRig : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("log-");
    private readonly byte[] _buffer = new byte[128 * 1024];
    private long _number;

    public LogRig(LogOptions? options = null, int ringBytes = 64 * 1024)
    {
        Files = new FaultyFileSystem(DiskFileSystem.Instance);
        Folder = new LogFolder(Files, _root.FullName, options?.File, 1);
        var begin = new Cursor(new StreamId(7), 0, 0);
        Ring = new EventRing(RingFactory.Create(null, ringBytes, begin, 1, _root.FullName), TimeSpan.Zero);
        Log = new EventLog(Folder, options ?? new LogOptions(), Time, Ring, LogIndex.Empty, begin, continueLast: false);
    }

    public ManualTime Time { get; } = new();

    public FaultyFileSystem Files { get; }

    public LogFolder Folder { get; }

    public EventRing Ring { get; }

    public EventLog Log { get; }

    public string[] Names => [.. Directory.GetFiles(Folder.Directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public string PathOf(string name) => Folder.PathOf(name);

    /// <summary>Appends events to the ring, and what the log has not written to the log.</summary>
    public void Write(int events = 1)
    {
        Append(events);
        var read = RingReader.TryRead(Ring, Log.Written, int.MaxValue, _buffer)!.Value;
        Log.Append(_buffer.AsSpan(0, read.Bytes), read.Start, read.End);
        Ring.AdvanceHead(read.End.Position);
    }

    /// <summary>Appends events to the ring alone.</summary>
    public void Append(int events)
    {
        for (var count = 0; count < events; count++)
        {
            Ring.AppendEncoded([.. Lines.Event(_number++), (byte)'\n'], 1, mayWait: false);
        }
    }

    /// <summary>Appends what the ring still has, however much of it is gone.</summary>
    public void WriteOldest()
    {
        var read = RingReader.TryRead(Ring, RingReader.Oldest(Ring), int.MaxValue, _buffer)!.Value;
        Log.Append(_buffer.AsSpan(0, read.Bytes), read.Start, read.End);
    }

    /// <summary>The numbers of the events that are read from the files alone, from the beginning, or from places that no position between them leads to.</summary>
    public long[] Read(LogIndex? index = null, params Cursor[] from)
    {
        var numbers = new List<long>();
        foreach (var begin in from.Length > 0 ? from : [new Cursor(new StreamId(7), 0, 0)])
        {
            Read(index ?? Log.Index, begin, numbers);
        }

        return [.. numbers];
    }

    private void Read(LogIndex index, Cursor cursor, List<long> numbers)
    {
        while (LogReader.TryRead(Folder, index, cursor, int.MaxValue, _buffer) is { } read)
        {
            for (var at = 0; at < read.Bytes;)
            {
                var length = _buffer.AsSpan(at, read.Bytes - at).IndexOf((byte)'\n');
                numbers.Add(Lines.NumberOf(_buffer.AsMemory(at, length)));
                at += length + 1;
            }

            cursor = read.End;
        }
    }

    public void Dispose()
    {
        Log.Dispose();
        _root.Delete(recursive: true);
    }
}
