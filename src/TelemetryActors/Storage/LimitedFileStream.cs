namespace TelemetryActors.Storage;

/// <summary>A file stream that refuses what would make its file longer than this process may make one (<see cref="FileSizeLimit"/>).</summary>
/// <param name="path">The file.</param>
/// <param name="options">How it is opened.</param>
/// <param name="name">The name that a message gives it.</param>
internal sealed class LimitedFileStream(string path, FileStreamOptions options, string name) : FileStream(path, options)
{
    public override void Write(byte[] buffer, int offset, int count)
    {
        Check(count);
        base.Write(buffer, offset, count);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Check(buffer.Length);
        base.Write(buffer);
    }

    public override void WriteByte(byte value)
    {
        Check(1);
        base.WriteByte(value);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Check(count);
        return base.WriteAsync(buffer, offset, count, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Check(buffer.Length);
        return base.WriteAsync(buffer, cancellationToken);
    }

    private void Check(int count) => FileSizeLimit.Check(Position + count, name);
}
