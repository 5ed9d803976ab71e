namespace TelemetryActors.Configuration;

/// <summary>One setting that can be made from outside the program.</summary>
/// <param name="Path">Its name, as <c>telemetry config</c> shows it.</param>
/// <param name="TypeName">What its values must be, for messages.</param>
/// <param name="Read">Its value in options; null when nothing is set.</param>
/// <param name="Parse">Reads a text as what it does to options; null when the text is not allowed.</param>
/// <param name="Aliases">Other names it is known by.</param>
internal sealed record Setting(
    string Path, string TypeName, Func<TelemetryOptions, string?> Read, Func<string, Action<TelemetryOptions>?> Parse, IReadOnlyList<string> Aliases)
{
    /// <summary>Its name and its other names in the form that sources use.</summary>
    public IReadOnlyList<string> NormalizedPaths { get; } = [SettingPath.Normalize(Path), .. Aliases.Select(SettingPath.Normalize)];

    /// <summary>Whether its value is what was written, letter for letter, and no number or switch.</summary>
    public bool IsText { get; init; }

    /// <summary>Whether its text is shown nowhere.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether false wins from wherever it comes (D.9).</summary>
    public bool FalseWins { get; init; }

    public static Setting Of<T>(
        string path, SettingType<T> type, Func<TelemetryOptions, T> get, Action<TelemetryOptions, T> set, params IReadOnlyList<string> aliases) => new(
        path,
        type.Name,
        options => type.Format(get(options)),
        text => type.Parse(text, out var value) ? options => set(options, value) : null,
        aliases)
        { IsText = !typeof(T).IsValueType };

    /// <summary>What is wrong with a text; null when it is allowed. A text with an @ may hold a password and is not repeated.</summary>
    public string? FaultOf(SettingText text) =>
        Parse(text.Text) is not null ? null
        : IsSecret || text.Text.Contains('@', StringComparison.Ordinal) ? $"{text.Name} must be {TypeName}"
        : $"{text.Name} must be {TypeName}, not '{text.Text}'";
}
