namespace TelemetryActors.Encoding;

/// <summary>Where a value stands in its line; of no length when it is not there.</summary>
internal readonly record struct ValueRange(int Start, int Length)
{
    public ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> line) => line.Slice(Start, Length);
}
