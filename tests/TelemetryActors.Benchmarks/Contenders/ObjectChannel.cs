using System.Threading.Channels;
using TelemetryActors.Benchmarks.Events;
using TelemetryActors.Benchmarks.Files;

namespace TelemetryActors.Benchmarks.Contenders;

/// <summary>The usual design: an object for each event, a bounded channel, one consumer that encodes and writes.</summary>
internal sealed class ObjectChannel : IContender
{
    private const int Capacity = 10_000;
    private const int WriteBytes = 256 * 1024;

    private readonly Channel<Queued> _channel = Channel.CreateBounded<Queued>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private DurableFile _file = null!;
    private Thread _consumer = null!;

    /// <inheritdoc/>
    public void Open(string directory, int producers)
    {
        _file = new DurableFile(directory);
        _consumer = new Thread(Consume) { Name = "channel-consumer" };
        _consumer.Start();
    }

    /// <inheritdoc/>
    public void Write(int producer, in BenchEvent e)
    {
        var queued = new Queued(TimeProvider.System.GetUtcNow().UtcTicks, e);
        if (!_channel.Writer.TryWrite(queued))
        {
            _channel.Writer.WriteAsync(queued).AsTask().GetAwaiter().GetResult();
        }
    }

    /// <inheritdoc/>
    public void Close()
    {
        _channel.Writer.Complete();
        _consumer.Join();
        _file.Dispose();
    }

    private void Consume()
    {
        var encoder = new LineEncoder();
        var buffer = new byte[WriteBytes];
        var used = 0;
        while (_channel.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_channel.Reader.TryRead(out var queued))
            {
                used += encoder.Encode(queued.Event, queued.UtcTicks, buffer.AsSpan(used));
                if (used + LineEncoder.MaxLineBytes > WriteBytes)
                {
                    _file.Append(buffer.AsSpan(0, used));
                    used = 0;
                }
            }
        }

        _file.Append(buffer.AsSpan(0, used));
    }

    private sealed class Queued(long utcTicks, in BenchEvent e)
    {
        public readonly long UtcTicks = utcTicks;
        public readonly BenchEvent Event = e;
    }
}
