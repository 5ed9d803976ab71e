namespace TelemetryActors.Runs;

/// <summary>The metrics of one run by name, a bounded number of them (S4.6).</summary>
/// <remarks>Not thread-safe: its owner is the run's. What is refused is counted and changes nothing.</remarks>
public sealed class RunMetrics
{
    /// <summary>Names of one run, at the most.</summary>
    public const int MaxNames = 256;

    private readonly Dictionary<string, MetricValue> _values = new(StringComparer.Ordinal);

    /// <summary>Names there are.</summary>
    public int Count => _values.Count;

    /// <summary>Changes that were refused: a name too many or none, a number that JSON cannot hold.</summary>
    public int Refused { get; private set; }

    /// <summary>A metric's value; null when it has none.</summary>
    public MetricValue? this[string name] => _values.TryGetValue(name, out var value) ? value : default(MetricValue?);

    /// <summary>Sets a metric, whatever it was.</summary>
    /// <returns>False when refused.</returns>
    public bool Set(string name, MetricValue value)
    {
        var isTaken = !string.IsNullOrWhiteSpace(name)
            && double.IsFinite(value.Number)
            && (_values.Count < MaxNames || _values.ContainsKey(name));
        if (isTaken)
        {
            _values[name] = value;
        }
        else
        {
            Refused++;
        }

        return isTaken;
    }

    /// <summary>Adds to a metric; one that is not there, or is a text, begins at 0.</summary>
    /// <returns>False when refused.</returns>
    public bool Increment(string name, double by = 1) =>
        Set(name, (string.IsNullOrWhiteSpace(name) ? 0 : this[name]?.Number ?? 0) + by);

    /// <summary>Sets several metrics.</summary>
    public void Merge(IEnumerable<KeyValuePair<string, MetricValue>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var (name, value) in values)
        {
            Set(name, value);
        }
    }

    /// <summary>The metrics now, apart from later changes.</summary>
    public IReadOnlyDictionary<string, MetricValue> ToDictionary() => new Dictionary<string, MetricValue>(_values, StringComparer.Ordinal);
}
