using TelemetryActors.Cli.Exec;

namespace TelemetryActors.Cli.Output;

/// <summary>Standard output as a stream that says so when nobody reads it any more; the console's own keeps it to itself.</summary>
internal sealed class StandardOutput : Stream
{
    private const int Descriptor = 1;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>A buffered writer of UTF-8 on standard output.</summary>
    public static StreamWriter OpenText() => new(Open(), new System.Text.UTF8Encoding(false), 16 * 1024) { NewLine = "\n" };

    /// <summary>Writes a line at once.</summary>
    public static void WriteLine(string line)
    {
        using var output = OpenText();
        output.WriteLine(line);
    }

    public static Stream Open() => OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new StandardOutput();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!LibC.TryWriteAll(Descriptor, buffer, out var error))
        {
            throw error == LibC.BrokenPipe ? new OutputClosedException() : LibC.Fault("write to standard output", error);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
