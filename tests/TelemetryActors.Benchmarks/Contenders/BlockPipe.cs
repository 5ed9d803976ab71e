using System.Runtime.InteropServices;
using TelemetryActors.Benchmarks.Files;

namespace TelemetryActors.Benchmarks.Contenders;

/// <summary>A block of memory for each producer; full ones go to one writer thread, and come back empty.</summary>
internal sealed class BlockPipe
{
    private const int BlockBytes = 256 * 1024;

    private readonly DurableFile _file;
    private readonly Thread _writer;

    // Each producer's own: its block, and how much of it is used.
    private readonly byte[][] _blocks;
    private readonly PaddedCount[] _used;

    // Under the lock.
    private readonly Lock _gate = new();
    private readonly Queue<ArraySegment<byte>> _full = new();
    private readonly Stack<byte[]> _empty = new();
    private readonly SemaphoreSlim _fullCount = new(0);
    private readonly SemaphoreSlim _emptyCount;

    public BlockPipe(string directory, int producers)
    {
        _file = new DurableFile(directory);
        _blocks = [.. Enumerable.Range(0, producers).Select(_ => new byte[BlockBytes])];
        _used = new PaddedCount[producers];
        var spare = 2 * producers + 2;
        for (var i = 0; i < spare; i++)
        {
            _empty.Push(new byte[BlockBytes]);
        }

        _emptyCount = new SemaphoreSlim(spare);
        _writer = new Thread(WriteBlocks) { Name = "block-writer" };
        _writer.Start();
    }

    /// <summary>Room for <paramref name="bytes"/> in the producer's block; follow with <see cref="Advance"/>.</summary>
    public Span<byte> Reserve(int producer, int bytes)
    {
        if (_used[producer].Value + bytes > BlockBytes)
        {
            HandOver(producer);
            _emptyCount.Wait();
            lock (_gate)
            {
                _blocks[producer] = _empty.Pop();
            }
        }

        return _blocks[producer].AsSpan(_used[producer].Value);
    }

    /// <summary>Says how much of the reserved room was used.</summary>
    public void Advance(int producer, int bytes) => _used[producer].Value += bytes;

    /// <summary>Writes what is left in all blocks, syncs and closes.</summary>
    public void Close()
    {
        for (var producer = 0; producer < _blocks.Length; producer++)
        {
            HandOver(producer);
        }

        Enqueue(default);
        _writer.Join();
        _file.Dispose();
    }

    private void HandOver(int producer)
    {
        Enqueue(new ArraySegment<byte>(_blocks[producer], 0, _used[producer].Value));
        _used[producer].Value = 0;
    }

    private void Enqueue(ArraySegment<byte> block)
    {
        lock (_gate)
        {
            _full.Enqueue(block);
        }

        _fullCount.Release();
    }

    private void WriteBlocks()
    {
        while (true)
        {
            _fullCount.Wait();
            ArraySegment<byte> block;
            lock (_gate)
            {
                block = _full.Dequeue();
            }

            if (block.Array is null)
            {
                return;
            }

            _file.Append(block);
            lock (_gate)
            {
                _empty.Push(block.Array);
            }

            _emptyCount.Release();
        }
    }

    // Two producers' counts in one cache line would make each call pay for the other's.
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct PaddedCount
    {
        public int Value;
    }
}
