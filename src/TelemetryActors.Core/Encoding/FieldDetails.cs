using TelemetryActors.Events;

namespace TelemetryActors.Encoding;

/// <summary>Details given as typed fields: the fast form.</summary>
internal readonly ref struct FieldDetails(ReadOnlySpan<Field> fields) : IDetails
{
    private readonly ReadOnlySpan<Field> _fields = fields;

    public int Count => _fields.Length;

    public void WriteMember(int index, ref LineWriter writer, ValueEncoder values, bool scan)
    {
        ref readonly var field = ref _fields[index];
        if (values.WriteName(ref writer, field.Name ?? "", index == 0))
        {
            ValueEncoder.WriteRedacted(ref writer);
            return;
        }

        switch (field.Kind)
        {
            case FieldKind.Text:
                values.WriteText(ref writer, field.Text, scan);
                break;
            case FieldKind.Integer:
                writer.Number(field.Integer);
                break;
            case FieldKind.Double:
                ValueEncoder.WriteDouble(ref writer, field.Double);
                break;
            case FieldKind.Single:
                ValueEncoder.WriteSingle(ref writer, (float)field.Double);
                break;
            case FieldKind.True:
                writer.Raw("true"u8);
                break;
            case FieldKind.False:
                writer.Raw("false"u8);
                break;
            case FieldKind.Unsigned:
                writer.Formatted(unchecked((ulong)field.Integer));
                break;
            case FieldKind.Decimal:
                writer.Formatted(field.Decimal);
                break;
            case FieldKind.Guid:
                ValueEncoder.WriteGuid(ref writer, field.Guid);
                break;
            case FieldKind.Instant:
                ValueEncoder.WriteInstant(ref writer, field.Instant);
                break;
            case FieldKind.Duration:
                ValueEncoder.WriteDouble(ref writer, field.Duration.TotalMilliseconds);
                break;
            case FieldKind.Json:
                values.WriteJson(ref writer, field.JsonBytes, scan);
                break;
            default:
                writer.Raw("null"u8);
                break;
        }
    }

    public bool TryGetText(int index, ValueEncoder values, out string name, out ReadOnlySpan<char> text)
    {
        ref readonly var field = ref _fields[index];
        name = field.Name ?? "";
        text = field.Kind == FieldKind.Text ? field.Text : default;
        return field.Kind == FieldKind.Text;
    }
}
