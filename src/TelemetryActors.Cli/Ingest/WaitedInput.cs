using TelemetryActors.Cli.Exec;

namespace TelemetryActors.Cli.Ingest;

/// <summary>Standard input that can be waited for in vain: a wish to end is noticed although nothing comes.</summary>
/// <remarks>On Windows the wait is the system's own, and nothing ends it.</remarks>
internal sealed class WaitedInput(Stream inner, CancellationToken ended) : ForwardStream
{
    private const int StandardInput = 0;
    private const int LookMilliseconds = 200;

    /// <summary>Whether this process was started without a standard input: its number is nobody's, or has become a file's of the runtime.</summary>
    public static bool IsClosed => !OperatingSystem.IsWindows() && !LibC.IsInherited(StandardInput);

    /// <exception cref="OperationCanceledException">The wish to end came first.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (!OperatingSystem.IsWindows() && !LibC.IsReadable(StandardInput, LookMilliseconds))
        {
            ended.ThrowIfCancellationRequested();
        }

        return inner.Read(buffer);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
