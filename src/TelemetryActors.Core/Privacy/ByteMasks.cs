namespace TelemetryActors.Privacy;

/// <summary>What stands where in a window of bytes: bit n is byte n.</summary>
internal struct ByteMasks
{
    /// <summary>Digits.</summary>
    public ulong Digits;

    /// <summary>What may stand between the digits of a number, bytes beyond ASCII included.</summary>
    public ulong Separators;

    /// <summary><c>@</c>, <c>=</c> and <c>%</c>.</summary>
    public ulong Marks;

    /// <summary>Bytes beyond ASCII.</summary>
    public ulong Wide;

    /// <summary>Backslashes before a backslash or a <c>t</c>: an escape that the value itself holds, or a tab.</summary>
    public ulong Escapes;

    /// <summary>Where three bytes look like the begin of a credential.</summary>
    public ulong Prefixes;

    /// <summary>Two bytes before a colon that is not JSON's own: the end of a name within a text.</summary>
    public ulong Colons;
}
