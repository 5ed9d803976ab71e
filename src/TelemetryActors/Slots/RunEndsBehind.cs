namespace TelemetryActors.Slots;

/// <summary>Which runs are ended behind lines that an earlier try has brought, in the same slot's files: those are not ended again.</summary>
/// <param name="runs">The runs that are asked about.</param>
internal sealed class RunEndsBehind(IReadOnlyCollection<string> runs)
{
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);
    private int _slot;
    private bool _isBehind;

    /// <summary>The runs that are asked about.</summary>
    public IReadOnlyCollection<string> Runs { get; } = runs;

    /// <summary>Whether an end of a run was heard of.</summary>
    public bool Has(string run) => _ended.Contains(run);

    /// <summary>Hears of a line, each slot's one behind the other.</summary>
    /// <param name="slot">Whose files it stands in.</param>
    /// <param name="line">The line, without the line feed.</param>
    /// <param name="isBrought">Whether it is one of those that were to be brought.</param>
    public void Follow(int slot, ReadOnlyMemory<byte> line, bool isBrought)
    {
        _isBehind = isBrought || (_isBehind && slot == _slot);
        _slot = slot;
        if (!isBrought && _isBehind && Runs.Count > 0 && RunEnds.TryParse(line) is { } run && Runs.Contains(run))
        {
            _ended.Add(run);
        }
    }
}
