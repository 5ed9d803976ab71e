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
        // A host's slip must not be its fault: nothing throws where something is recorded.
        Name = name ?? "";
        Kind = kind;
        _reference = reference;
        _low = low;
        _high = high;
    }

    /// <summary>The name, as it is written; empty where none was given.</summary>
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

    // With nullable annotations a tuple of a caller matches no operator exactly, and a constant then fits several: ("step", 1) would not compile.
#nullable disable
    /// <summary>Text; null is written as <c>null</c>.</summary>
    public static implicit operator Field((string, string) field) =>
        new(field.Item1, field.Item2 is null ? FieldKind.Null : FieldKind.Text, field.Item2);

    /// <summary>True or false.</summary>
    public static implicit operator Field((string, bool) field) =>
        new(field.Item1, field.Item2 ? FieldKind.True : FieldKind.False, null);

    /// <summary>An integer.</summary>
    public static implicit operator Field((string, int) field) => new(field.Item1, FieldKind.Integer, null, field.Item2);

    /// <summary>An integer.</summary>
    public static implicit operator Field((string, long) field) => new(field.Item1, FieldKind.Integer, null, field.Item2);

    /// <summary>An integer.</summary>
    public static implicit operator Field((string, uint) field) => new(field.Item1, FieldKind.Integer, null, field.Item2);

    /// <summary>An integer.</summary>
    public static implicit operator Field((string, ulong) field) =>
        new(field.Item1, FieldKind.Unsigned, null, unchecked((long)field.Item2));

    // Every numeric type has an operator of its own: with one missing, a constant converts to several and none is best.
    /// <summary>An integer.</summary>
    public static implicit operator Field((string, short) field) => new(field.Item1, FieldKind.Integer, null, field.Item2);

    /// <summary>An integer.</summary>
    public static implicit operator Field((string, byte) field) => new(field.Item1, FieldKind.Integer, null, field.Item2);

    /// <summary>An integer.</summary>
    public static implicit operator Field((string, sbyte) field) => new(field.Item1, FieldKind.Integer, null, field.Item2);

    /// <summary>An integer.</summary>
    public static implicit operator Field((string, ushort) field) => new(field.Item1, FieldKind.Integer, null, field.Item2);

    /// <summary>A number with a fraction, in as many digits as the single precision has.</summary>
    public static implicit operator Field((string, float) field) =>
        new(field.Item1, FieldKind.Single, null, BitConverter.DoubleToInt64Bits(field.Item2));

    /// <summary>A number with a fraction; NaN and the infinities are written as text.</summary>
    public static implicit operator Field((string, double) field) =>
        new(field.Item1, FieldKind.Double, null, BitConverter.DoubleToInt64Bits(field.Item2));

    /// <summary>A decimal number.</summary>
    public static implicit operator Field((string, decimal) field) => new(field.Item1, FieldKind.Decimal, field.Item2);

    /// <summary>A unique identifier, written with hyphens.</summary>
    public static implicit operator Field((string, Guid) field)
    {
        Span<long> halves = stackalloc long[2];
        field.Item2.TryWriteBytes(MemoryMarshal.AsBytes(halves));
        return new Field(field.Item1, FieldKind.Guid, null, halves[0], halves[1]);
    }

    /// <summary>An instant, written as ISO 8601 UTC.</summary>
    public static implicit operator Field((string, DateTimeOffset) field) =>
        new(field.Item1, FieldKind.Instant, null, field.Item2.UtcTicks);

    /// <summary>An instant, written as ISO 8601 UTC.</summary>
    public static implicit operator Field((string, DateTime) field) =>
        new(field.Item1, FieldKind.Instant, null, field.Item2.ToUniversalTime().Ticks);

    /// <summary>A duration, written as milliseconds.</summary>
    public static implicit operator Field((string, TimeSpan) field) =>
        new(field.Item1, FieldKind.Duration, null, field.Item2.Ticks);
#nullable restore

    /// <summary>"name: kind", for a debugger; never the value, which may be private.</summary>
    public override string ToString() => $"{Name}: {Kind}";
}
