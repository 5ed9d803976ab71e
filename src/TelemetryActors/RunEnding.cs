using TelemetryActors.Runs;

namespace TelemetryActors;

/// <summary>How a run ends.</summary>
/// <param name="Status">How it went.</param>
public sealed record RunEnding(RunStatus Status)
{
    /// <summary>What went in, in words.</summary>
    public string? Input { get; init; }

    /// <summary>What came out, in words.</summary>
    public string? Output { get; init; }

    /// <summary>What went wrong, in words.</summary>
    public string? Error { get; init; }

    internal IEnumerable<(string Name, string Text)> Texts()
    {
        foreach (var (name, text) in new[] { (RunEvents.InputSummary, Input), (RunEvents.OutputSummary, Output), (RunEvents.ErrorSummary, Error) })
        {
            if (text is not null)
            {
                yield return (name, text);
            }
        }
    }
}
