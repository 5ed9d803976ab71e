using TelemetryActors.Benchmarks.Events;
using TelemetryActors.Benchmarks.Files;

namespace TelemetryActors.Benchmarks.Contenders;

/// <summary>Raw D: the same encoder, one lock, a mapped ring that outlives a <c>kill -9</c>, one writer thread that copies out.</summary>
internal sealed class RawRing : IContender
{
    private const int WriteBytes = 512 * 1024;
    private const int WakeBytes = 128 * 1024;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(10);

    private Producer[] _producers = [];
    private DurableFile _file = null!;
    private MappedRing _ring = null!;
    private Thread _writer = null!;

    // Under the lock.
    private readonly object _gate = new();
    private long _head;
    private bool _writerWaits;
    private int _producersWaiting;
    private bool _closing;

    /// <inheritdoc/>
    public void Open(string directory, int producers)
    {
        _producers = [.. Enumerable.Range(0, producers).Select(_ => new Producer(new LineEncoder(), new byte[LineEncoder.MaxLineBytes]))];
        _file = new DurableFile(directory);
        _ring = new MappedRing(directory);
        _writer = new Thread(WriteOut) { Name = "ring-writer" };
        _writer.Start();
    }

    /// <inheritdoc/>
    public void Write(int producer, in BenchEvent e)
    {
        var (encoder, buffer) = _producers[producer];
        var line = buffer.AsSpan(0, encoder.Encode(e, TimeProvider.System.GetUtcNow().UtcTicks, buffer));
        lock (_gate)
        {
            while (_ring.Tail + line.Length - _head > MappedRing.Capacity)
            {
                _producersWaiting++;
                Monitor.Wait(_gate, LongestWait);
                _producersWaiting--;
            }

            _ring.Append(line);
            if (_writerWaits && _ring.Tail - _head >= WakeBytes)
            {
                _writerWaits = false;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <inheritdoc/>
    public void Close()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.PulseAll(_gate);
        }

        _writer.Join();
        _ring.Dispose();
        _file.Dispose();
    }

    private void WriteOut()
    {
        var buffer = new byte[WriteBytes];
        while (Available() is > 0 and var available)
        {
            var bytes = buffer.AsSpan(0, (int)Math.Min(available, WriteBytes));
            _ring.CopyOut(_head, bytes);
            _file.Append(bytes);
            lock (_gate)
            {
                _head += bytes.Length;
                if (_producersWaiting > 0)
                {
                    Monitor.PulseAll(_gate);
                }
            }
        }
    }

    /// <summary>The bytes to write; waits for a write's worth, though not for long. 0 = closed and done.</summary>
    private long Available()
    {
        lock (_gate)
        {
            while (_ring.Tail - _head < WakeBytes && !_closing)
            {
                _writerWaits = true;
                var pulsed = Monitor.Wait(_gate, LongestWait);
                _writerWaits = false;
                if (!pulsed && _ring.Tail > _head)
                {
                    break;
                }
            }

            return _ring.Tail - _head;
        }
    }

    private sealed record Producer(LineEncoder Encoder, byte[] Buffer);
}
