using System.Runtime.InteropServices;
using TelemetryActors.Benchmarks.Events;

namespace TelemetryActors.Benchmarks.Contenders;

/// <summary>Raw A: bytes that were encoded before the clock started, copied to blocks. What no recorder of events can reach.</summary>
internal sealed unsafe class RawPreEncoded : IContender
{
    private byte* _lines;
    private long[] _ends = [];
    private BlockPipe _pipe = null!;

    /// <inheritdoc/>
    public void Prepare(BenchEvent[] events)
    {
        var encoder = new LineEncoder();
        _lines = (byte*)NativeMemory.Alloc((nuint)events.Length, LineEncoder.MaxLineBytes);
        _ends = new long[events.Length + 1];
        for (var i = 0; i < events.Length; i++)
        {
            var now = TimeProvider.System.GetUtcNow().UtcTicks;
            _ends[i + 1] = _ends[i] + encoder.Encode(events[i], now, new Span<byte>(_lines + _ends[i], LineEncoder.MaxLineBytes));
        }
    }

    /// <inheritdoc/>
    public void Open(string directory, int producers) => _pipe = new BlockPipe(directory, producers);

    /// <inheritdoc/>
    public void Write(int producer, in BenchEvent e)
    {
        var start = _ends[e.Seq - EventGenerator.FirstSeq];
        var length = (int)(_ends[e.Seq - EventGenerator.FirstSeq + 1] - start);
        new ReadOnlySpan<byte>(_lines + start, length).CopyTo(_pipe.Reserve(producer, length));
        _pipe.Advance(producer, length);
    }

    /// <inheritdoc/>
    public void Close()
    {
        _pipe.Close();
        NativeMemory.Free(_lines);
    }
}
