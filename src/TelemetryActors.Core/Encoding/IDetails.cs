namespace TelemetryActors.Encoding;

/// <summary>A source of an event's details, in whatever form the caller has them.</summary>
internal interface IDetails
{
    /// <summary>How many members there are, as far as they can be written one by one.</summary>
    int Count { get; }

    /// <summary>Writes the member's name and value, with a comma before it unless it is the first.</summary>
    void WriteMember(int index, ref LineWriter writer, ValueEncoder values, bool scan);

    /// <summary>The member's text, when it is text that can be cut and shown.</summary>
    bool TryGetText(int index, ValueEncoder values, out string name, out ReadOnlySpan<char> text);
}
