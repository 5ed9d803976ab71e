namespace TelemetryActors.Encoding;

/// <summary>Why a line is no event.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Key">The key it is about; null when it is the whole line.</param>
public readonly record struct LineFault(LineFaultKind Kind, string? Key = null)
{
    /// <summary>Nothing is wrong.</summary>
    public static LineFault None => default;

    /// <summary>The fault as a phrase for people.</summary>
    public override string ToString() => Kind switch
    {
        LineFaultKind.None => "no fault",
        LineFaultKind.Empty => "the line is empty",
        LineFaultKind.NulByte => "the line holds NUL bytes",
        LineFaultKind.InvalidText => Key is null ? "the line is not UTF-8" : $"{Key} holds half a character",
        LineFaultKind.NotJson => "the line is not one complete JSON value",
        LineFaultKind.NotAnObject => "the line is no JSON object",
        LineFaultKind.TooDeep => $"the line is nested deeper than {JsonLine.MaxDepth} levels",
        LineFaultKind.DuplicateKey => $"{Key} stands twice",
        LineFaultKind.MissingKey => $"{Key} is missing",
        LineFaultKind.WrongType => $"{Key} is of the wrong kind",
        _ => $"{Key} is no time: ISO 8601 or a number since 1970 is read",
    };
}
