namespace TelemetryActors.Encoding;

/// <summary>What can be wrong with a line.</summary>
public enum LineFaultKind
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>There is nothing but blanks.</summary>
    Empty,

    /// <summary>It holds NUL bytes, as a file that was truncated under its writer does.</summary>
    NulByte,

    /// <summary>It, or a text in it, is no valid Unicode.</summary>
    InvalidText,

    /// <summary>It is not one complete JSON value.</summary>
    NotJson,

    /// <summary>It is JSON and no object.</summary>
    NotAnObject,

    /// <summary>Its objects and lists stand more than 64 inside each other.</summary>
    TooDeep,

    /// <summary>An object names the same key twice.</summary>
    DuplicateKey,

    /// <summary>A key that an event must have is not there.</summary>
    MissingKey,

    /// <summary>A key's value is of the wrong kind.</summary>
    WrongType,

    /// <summary>A time is neither ISO 8601 nor a number since 1970.</summary>
    BadTimestamp,
}
