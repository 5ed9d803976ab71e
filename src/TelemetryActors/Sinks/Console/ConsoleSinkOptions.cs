namespace TelemetryActors.Sinks.Console;

/// <summary>How events look on the console.</summary>
public sealed class ConsoleSinkOptions
{
    /// <summary>Where to write; the process's standard output when unset.</summary>
    public TextWriter? Writer { get; set; }

    /// <summary>The stored JSON line when set; otherwise a short text: time, level, event, details.</summary>
    public bool Json { get; set; }
}
