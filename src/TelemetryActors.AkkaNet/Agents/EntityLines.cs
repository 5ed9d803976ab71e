using System.Buffers;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>The lines of a batch that one actor gets.</summary>
/// <param name="EntityId">The run's id, or <c>agent-</c> and who it is that reports.</param>
internal sealed record EntityLines(string EntityId)
{
    private readonly List<LinePart> _parts = [];
    private readonly List<int> _places = [];

    /// <summary>The parts, to be told one after the other: the second when the first was taken.</summary>
    /// <remarks>An actor drops what is not above what it has seen, so a part that overtook the one before would hide it.</remarks>
    public IReadOnlyList<LinePart> Parts => _parts;

    /// <summary>Where the lines stand in the batch, from 0.</summary>
    public IReadOnlyList<int> Places => _places;

    public void Add(ReadOnlySpan<byte> line, int place)
    {
        _places.Add(place);
        if (_parts.Count == 0 || _parts[^1].Lines.Length + line.Length > RunLines.MaxPartBytes)
        {
            _parts.Add(new LinePart());
        }

        _parts[^1].Add(line);
    }

    /// <summary>What one message carries.</summary>
    internal sealed class LinePart
    {
        private readonly ArrayBufferWriter<byte> _lines = new();

        public ReadOnlyMemory<byte> Lines => _lines.WrittenMemory;

        public int Count { get; private set; }

        public void Add(ReadOnlySpan<byte> line)
        {
            _lines.Write(line);
            Count++;
        }
    }
}
