namespace TelemetryActors.Configuration;

/// <summary>Whether uploads that need consent may go now: it is recorded, and <c>DO_NOT_TRACK</c> does not forbid them (D.9).</summary>
internal sealed class UploadConsent(ConsentStore store, IReadOnlyDictionary<string, string> variables)
{
    public const string DoNotTrackVariable = "DO_NOT_TRACK";

    /// <summary>The cause that an upload's circuit shows while nothing may go.</summary>
    public string WhyNot => DoNotTrack(variables) ? DoNotTrackVariable : ConsentStore.MissingCause;

    /// <summary>Whether a circuit stands open because nothing may go: nothing was tried then, and its end is no time when anything would be.</summary>
    public static bool IsCause(string? cause) => cause is ConsentStore.MissingCause or DoNotTrackVariable;

    public bool IsGiven => Cover is not null;

    /// <summary>What may go now; null when nothing may.</summary>
    public ConsentCover? Cover => DoNotTrack(variables) ? null : store.Cover;

    /// <summary>Whether the variable is there and not switched off.</summary>
    public static bool DoNotTrack(IReadOnlyDictionary<string, string> variables) =>
        variables.GetValueOrDefault(DoNotTrackVariable)?.Trim() is { Length: > 0 } value
        && value != "0" && !value.Equals("false", StringComparison.OrdinalIgnoreCase);
}
