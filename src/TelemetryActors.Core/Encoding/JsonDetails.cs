using System.Text.Json;

namespace TelemetryActors.Encoding;

/// <summary>Details given as one JSON value: an object's members, or anything else under the name <c>value</c>.</summary>
/// <remarks>For one event, on one thread.</remarks>
internal sealed class JsonDetails : IDetails
{
    private readonly JsonProperty[] _members;
    private readonly JsonElement _root;
    private bool? _namesSensitive;

    public JsonDetails(JsonElement root)
    {
        _root = root;
        _members = root.ValueKind == JsonValueKind.Object ? [.. root.EnumerateObject()] : [];
        Count = root.ValueKind == JsonValueKind.Object ? _members.Length : 1;
    }

    public int Count { get; }

    public void WriteMember(int index, ref LineWriter writer, ValueEncoder values, bool scan)
    {
        var (name, value) = Member(index);
        if (values.WriteName(ref writer, name, index == 0) || IsNamedSensitive(name, values))
        {
            ValueEncoder.WriteRedacted(ref writer);
        }
        else
        {
            values.WriteElement(ref writer, value, scan, 1);
        }
    }

    public bool TryGetText(int index, ValueEncoder values, out string name, out ReadOnlySpan<char> text)
    {
        (name, var value) = Member(index);
        var isText = value.ValueKind == JsonValueKind.String && !IsNamedSensitive(name, values);
        text = isText ? JsonText.Of(value) : null;
        return isText;
    }

    // Asked once for all members of such a name: there may be thousands.
    private bool IsNamedSensitive(string name, ValueEncoder values) =>
        NamedPairs.IsNamed(name) && (_namesSensitive ??= values.NamesSensitive(_members));

    private (string Name, JsonElement Value) Member(int index) =>
        _root.ValueKind == JsonValueKind.Object ? (JsonText.NameOf(_members[index]), _members[index].Value) : ("value", _root);
}
