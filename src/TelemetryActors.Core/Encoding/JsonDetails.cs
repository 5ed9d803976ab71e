using System.Text.Json;

namespace TelemetryActors.Encoding;

/// <summary>Details given as one JSON value: an object's members, or anything else under the name <c>value</c>.</summary>
internal readonly struct JsonDetails : IDetails
{
    private readonly JsonProperty[] _members;
    private readonly JsonElement _root;

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
        if (values.WriteName(ref writer, name, index == 0) || (NamedPairs.IsNamed(name) && values.NamesSensitive(_members)))
        {
            ValueEncoder.WriteRedacted(ref writer);
        }
        else
        {
            values.WriteElement(ref writer, value, scan, 1);
        }
    }

    public bool TryGetText(int index, out string name, out ReadOnlySpan<char> text)
    {
        (name, var value) = Member(index);
        var isText = value.ValueKind == JsonValueKind.String && !(_members.Length > 0 && NamedPairs.IsNamed(name));
        text = isText ? JsonText.Of(value) : null;
        return isText;
    }

    private (string Name, JsonElement Value) Member(int index) =>
        _root.ValueKind == JsonValueKind.Object ? (JsonText.NameOf(_members[index]), _members[index].Value) : ("value", _root);
}
