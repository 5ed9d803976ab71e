namespace TelemetryActors.Encoding;

/// <summary>Details given as a dictionary.</summary>
internal readonly struct DictionaryDetails(IReadOnlyDictionary<string, object?> members) : IDetails
{
    // Copied once, so that a dictionary that another thread changes cannot move under the writer.
    private readonly KeyValuePair<string, object?>[] _members = [.. members];

    public int Count => _members.Length;

    public void WriteMember(int index, ref LineWriter writer, ValueEncoder values, bool scan)
    {
        var (name, value) = _members[index];
        if (values.WriteName(ref writer, name, index == 0))
        {
            ValueEncoder.WriteRedacted(ref writer);
        }
        else
        {
            values.WriteValue(ref writer, value, scan, 1);
        }
    }

    public bool TryGetText(int index, ValueEncoder values, out string name, out ReadOnlySpan<char> text)
    {
        name = _members[index].Key;
        var value = _members[index].Value as string;
        text = value;
        return value is not null;
    }
}
