using System.Runtime.InteropServices;

namespace TelemetryActors.Events;

/// <summary>One named value of an event's details. Tuples convert to it: <c>("service_id", "api")</c>.</summary>
/// <remarks>
/// Holds every kind of value without boxing but <see cref="decimal"/>. An instant is written as ISO 8601 UTC, a duration as milliseconds,
/// NaN and the infinities as text, because JSON has no numbers for them.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public readonly struct Field
{
    private readonly object? _reference;
    private readonly long _low;
    private readonly long _high;

    private Field(string name, FieldKind kind, object? reference, long low = 0, long high = 0)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        Kind = kind;
        _reference = reference;
        _low = low;
        _high = high;
    }

    /// <summary>The name, as it is written.</summary>
    public string Name { get; }

    internal FieldKind Kind { get; }

    internal string Text => (string)_reference!;

    internal long Integer => _low;

    internal double Double => BitConverter.Int64BitsToDouble(_low);

    internal decimal Decimal => (decimal)_reference!;

    internal DateTimeOffset Instant => new(_low, TimeSpan.Zero);

    internal TimeSpan Duration => new(_low);

    internal ReadOnlyMemory<byte> JsonBytes => (byte[])_reference!;

    internal Guid Guid
    {
        get
        {
            Span<long> halves = [_low, _high];
            return new Guid(MemoryMarshal.AsBytes(halves));
        }
    }

    /// <summary>A field without a value, written as <c>null</c>.</summary>
    public static Field Null(string name) => new(name, FieldKind.Null, null);

    /// <summary>A field whose value is JSON already: one complete value in UTF-8, without line feeds. Its strings are redacted like others.</summary>
    /// <remarks>What is not one valid JSON value is written as text.</remarks>
    public static Field Json(string name, ReadOnlySpan<byte> utf8) => new(name, FieldKind.Json, utf8.ToArray());

    /// <summary>Text; null is written as <c>null</c>.</summary>
    public static implicit operator Field((string Name, string? Value) field) =>
        new(field.Name, field.Value is null ? FieldKind.Null : FieldKind.Text, field.Value);

    /// <summary>True or false.</summary>
    public static implicit operator Field((string Name, bool Value) field) =>
        new(field.Name, field.Value ? FieldKind.True : FieldKind.False, null);

    /// <summary>An integer.</summary>
    public static implicit operator Field((string Name, int Value) field) => new(field.Name, FieldKind.Integer, null, field.Value);

    /// <summary>An integer.</summary>
    public static implicit operator Field((string Name, long Value) field) => new(field.Name, FieldKind.Integer, null, field.Value);

    /// <summary>An integer.</summary>
    public static implicit operator Field((string Name, uint Value) field) => new(field.Name, FieldKind.Integer, null, field.Value);

    /// <summary>An integer.</summary>
    public static implicit operator Field((string Name, ulong Value) field) =>
        new(field.Name, FieldKind.Unsigned, null, unchecked((long)field.Value));

    /// <summary>A number with a fraction; NaN and the infinities are written as text.</summary>
    public static implicit operator Field((string Name, double Value) field) =>
        new(field.Name, FieldKind.Double, null, BitConverter.DoubleToInt64Bits(field.Value));

    /// <summary>A decimal number.</summary>
    public static implicit operator Field((string Name, decimal Value) field) => new(field.Name, FieldKind.Decimal, field.Value);

    /// <summary>A unique identifier, written with hyphens.</summary>
    public static implicit operator Field((string Name, Guid Value) field)
    {
        Span<long> halves = stackalloc long[2];
        field.Value.TryWriteBytes(MemoryMarshal.AsBytes(halves));
        return new Field(field.Name, FieldKind.Guid, null, halves[0], halves[1]);
    }

    /// <summary>An instant, written as ISO 8601 UTC.</summary>
    public static implicit operator Field((string Name, DateTimeOffset Value) field) =>
        new(field.Name, FieldKind.Instant, null, field.Value.UtcTicks);

    /// <summary>An instant, written as ISO 8601 UTC.</summary>
    public static implicit operator Field((string Name, DateTime Value) field) =>
        new(field.Name, FieldKind.Instant, null, field.Value.ToUniversalTime().Ticks);

    /// <summary>A duration, written as milliseconds.</summary>
    public static implicit operator Field((string Name, TimeSpan Value) field) =>
        new(field.Name, FieldKind.Duration, null, field.Value.Ticks);

    /// <summary>"name: kind", for a debugger; never the value, which may be private.</summary>
    public override string ToString() => $"{Name}: {Kind}";
}
