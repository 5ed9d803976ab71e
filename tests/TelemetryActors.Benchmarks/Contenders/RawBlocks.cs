using TelemetryActors.Benchmarks.Events;

namespace TelemetryActors.Benchmarks.Contenders;

/// <summary>Raw C: the hand-written encoder into a block of each thread, one writer thread. A <c>kill -9</c> loses the blocks.</summary>
internal sealed class RawBlocks : IContender
{
    private LineEncoder[] _encoders = [];
    private BlockPipe _pipe = null!;

    /// <inheritdoc/>
    public void Open(string directory, int producers)
    {
        _encoders = [.. Enumerable.Range(0, producers).Select(_ => new LineEncoder())];
        _pipe = new BlockPipe(directory, producers);
    }

    /// <inheritdoc/>
    public void Write(int producer, in BenchEvent e)
    {
        var room = _pipe.Reserve(producer, LineEncoder.MaxLineBytes);
        _pipe.Advance(producer, _encoders[producer].Encode(e, TimeProvider.System.GetUtcNow().UtcTicks, room));
    }

    /// <inheritdoc/>
    public void Close() => _pipe.Close();
}
