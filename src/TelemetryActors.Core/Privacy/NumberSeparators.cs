namespace TelemetryActors.Privacy;

/// <summary>What stands between two groups of digits.</summary>
[Flags]
internal enum NumberSeparators
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A space or a space that does not break.</summary>
    Space = 1,

    /// <summary>A hyphen or one that does not break.</summary>
    Dash = 2,

    /// <summary>A full stop.</summary>
    Dot = 4,

    /// <summary>A slash.</summary>
    Slash = 8,

    /// <summary>A parenthesis.</summary>
    Parenthesis = 16,
}
