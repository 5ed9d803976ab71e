using TelemetryActors.Benchmarks.Events;
using TelemetryActors.Benchmarks.Files;

namespace TelemetryActors.Benchmarks.Durable;

/// <summary>The raw row: what is appended during one fsync shares the next. One buffer fills while the other is written.</summary>
internal sealed class GroupCommit : IDurableContender
{
    private const int BufferBytes = 4 << 20;

    private readonly LineEncoder _encoder = new();
    private DurableFile _file = null!;
    private Thread _writer = null!;

    // Under the lock.
    private readonly object _gate = new();
    private byte[] _filling = new byte[BufferBytes];
    private byte[] _writing = new byte[BufferBytes];
    private int _used;
    private TaskCompletionSource _group = NewGroup();
    private bool _closing;

    /// <inheritdoc/>
    public void Open(string directory)
    {
        _file = new DurableFile(directory);
        _writer = new Thread(WriteGroups) { Name = "group-commit" };
        _writer.Start();
    }

    /// <inheritdoc/>
    public Task WriteAsync(in BenchEvent e)
    {
        lock (_gate)
        {
            _used += _encoder.Encode(e, TimeProvider.System.GetUtcNow().UtcTicks, _filling.AsSpan(_used));
            Monitor.Pulse(_gate);
            return _group.Task;
        }
    }

    /// <inheritdoc/>
    public void Close()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.Pulse(_gate);
        }

        _writer.Join();
        _file.Dispose();
    }

    private void WriteGroups()
    {
        while (true)
        {
            var (bytes, group) = TakeGroup();
            if (bytes == 0)
            {
                return;
            }

            _file.Append(_writing.AsSpan(0, bytes));
            _file.Sync();
            group.SetResult();
        }
    }

    private (int Bytes, TaskCompletionSource Group) TakeGroup()
    {
        lock (_gate)
        {
            while (_used == 0 && !_closing)
            {
                Monitor.Wait(_gate);
            }

            var taken = (_used, _group);
            (_filling, _writing) = (_writing, _filling);
            (_used, _group) = (0, NewGroup());
            return taken;
        }
    }

    private static TaskCompletionSource NewGroup() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
