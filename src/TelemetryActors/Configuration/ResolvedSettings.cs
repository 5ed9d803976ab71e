namespace TelemetryActors.Configuration;

/// <summary>What came out of all origins together.</summary>
/// <remarks>Thread-safe. The values are put together when they are first asked for: a program that starts does not need them.</remarks>
/// <param name="options">The options with every setting in them; a copy.</param>
/// <param name="faults">What was written outside and cannot be.</param>
/// <param name="unknown">Those of the faults that are names nobody knows here.</param>
/// <param name="values">Puts the values together.</param>
internal sealed class ResolvedSettings(TelemetryOptions options, IReadOnlyList<string> faults, IReadOnlyList<string> unknown, Func<IReadOnlyList<SettingValue>> values)
{
    private readonly Lazy<IReadOnlyList<SettingValue>> _values = new(values);

    /// <summary>The options with every setting in them; a copy.</summary>
    public TelemetryOptions Options => options;

    /// <summary>What was written outside and cannot be, each with its path as written there; the next lower value took its place.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>Those of the faults that are names nobody knows here: a newer program's, perhaps.</summary>
    public IReadOnlyList<string> Unknown => unknown;

    /// <summary>Every setting with its origin.</summary>
    public IReadOnlyList<SettingValue> Values => _values.Value;
}
