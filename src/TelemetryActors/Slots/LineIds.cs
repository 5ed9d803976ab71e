namespace TelemetryActors.Slots;

/// <summary>A set of lines, known by their ids: a line that stands elsewhere, or was erased since, is the same one.</summary>
internal sealed class LineIds
{
    private readonly HashSet<byte[]> _ids = new(BytesComparer.Instance);
    private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public LineIds() => _lookup = _ids.GetAlternateLookup<ReadOnlySpan<byte>>();

    public int Count => _ids.Count;

    /// <summary>Adds a line; nothing happens when it is there.</summary>
    public void Add(ReadOnlySpan<byte> line) => _lookup.Add(IdOf(line));

    public bool Has(ReadOnlySpan<byte> line) => _lookup.Contains(IdOf(line));

    // The id is the envelope's last key; a line without one is itself.
    private static ReadOnlySpan<byte> IdOf(ReadOnlySpan<byte> line)
    {
        var key = "\"id\":\""u8;
        var at = line.LastIndexOf(key);
        if (at < 0)
        {
            return line;
        }

        var id = line[(at + key.Length)..];
        return id.IndexOf((byte)'"') is > 0 and var end ? id[..end] : line;
    }
}
