using TelemetryActors.Cli.Exec;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Ingest;

/// <summary>An input that can be waited for in vain, and one that never ends: a wish to end is noticed whatever comes.</summary>
/// <remarks>On Windows the wait is the system's own, and nothing ends it.</remarks>
internal sealed class WaitedInput : ForwardStream
{
    private const int StandardInput = 0;
    private const int LookMilliseconds = 200;

    private readonly Stream _inner;
    private readonly int _descriptor;
    private readonly CancellationToken _ended;

    private WaitedInput(Stream inner, int descriptor, CancellationToken ended) => (_inner, _descriptor, _ended) = (inner, descriptor, ended);

    /// <summary>Whether this process was started without a standard input: its number is nobody's, or has become a file's of the runtime.</summary>
    public static bool IsClosed => !OperatingSystem.IsWindows() && !LibC.IsInherited(StandardInput);

    /// <summary>Bytes of a file; null when nobody knows.</summary>
    public long? Known => _inner.CanSeek ? _inner.Length : null;

    public static WaitedInput OfStandardInput(CancellationToken ended) => new(Console.OpenStandardInput(), StandardInput, ended);

    /// <summary>Opens a file. Of a named pipe the writer is waited for by the reads.</summary>
    public static WaitedInput Of(string path, CancellationToken ended)
    {
        var file = OperatingSystem.IsLinux()
            ? new FileStream(NativeFile.OpenWithoutWaiting(path, writable: false), FileAccess.Read, bufferSize: 0)
            : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return new WaitedInput(file, (int)file.SafeFileHandle.DangerousGetHandle(), ended);
    }

    /// <exception cref="OperationCanceledException">The wish to end came first.</exception>
    public override int Read(Span<byte> buffer)
    {
        do
        {
            _ended.ThrowIfCancellationRequested();
        }
        while (!OperatingSystem.IsWindows() && !LibC.IsReadable(_descriptor, LookMilliseconds));

        return _inner.Read(buffer);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
