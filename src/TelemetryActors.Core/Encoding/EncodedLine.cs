namespace TelemetryActors.Encoding;

/// <summary>One encoded event, ready to be appended: <c>run_seq</c> and <c>id</c> are still to be filled in.</summary>
/// <param name="Buffer">Holds the line; belongs to the calling thread until its next event.</param>
/// <param name="Length">Bytes of the line with its line feed; zero when the event cannot be encoded.</param>
/// <param name="IsCut">Whether details were cut to keep the line within its limit.</param>
internal readonly record struct EncodedLine(byte[] Buffer, int Length, bool IsCut)
{
    public bool IsValid => Length > 0;

    public Span<byte> Bytes => Buffer.AsSpan(0, Length);
}
