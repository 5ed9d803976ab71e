using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TelemetryActors.Storage;

/// <summary>Writes to what has no offsets, past the runtime, which refuses that: pipes, terminals, devices, the standard streams whatever they are.</summary>
/// <remarks>Linux only.</remarks>
internal static partial class NativeStream
{
    private const int OpenWriteOnly = 0x1;
    private const int OpenWithoutTerminal = 0x100;
    private const int OpenNonBlocking = 0x800;
    private const int OpenCloseOnExec = 0x80000;
    private const int DuplicateCloseOnExec = 1030;
    private const short PollWritable = 0x4;
    private const int ErrorNoDevice = 6;
    private const int ErrorInterrupted = 4;
    private const int ErrorAgain = 11;
    private const int MostLinks = 8;

    // Whoever reads may be busy for a moment; one that has stopped reading must not stop who writes.
    private const int PatienceMilliseconds = 1000;

    private static readonly string[] OfProcess = ["/proc/self/fd/", "/dev/fd/"];

    /// <summary>Whether a path names a stream of this process, whatever is behind it: a file there has a place to write that all share who write by its number.</summary>
    public static bool IsOfProcess(string path) => NumberOf(path) is not null;

    /// <summary>Opens a stream for writing. Waits for nobody at the other end of a pipe.</summary>
    /// <exception cref="IOException">It cannot be opened, or nobody reads it.</exception>
    public static SafeFileHandle Open(string path)
    {
        // A stream of the process itself may be a socket, or a pipe that another user has made: neither can be opened, and both are open already.
        var descriptor = NumberOf(path) is { } own
            ? FileControl(own, DuplicateCloseOnExec, 0)
            : OpenFile(path, OpenWriteOnly | OpenNonBlocking | OpenWithoutTerminal | OpenCloseOnExec, 0);
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        var error = Marshal.GetLastPInvokeError();
        throw new IOException(error == ErrorNoDevice ? $"Nobody reads {path}." : $"open of {path} failed: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    /// <summary>Writes all bytes. A standard stream is waited for as by everything else that the process writes there, any other a second.</summary>
    /// <exception cref="CutShortException">It took a part.</exception>
    /// <exception cref="IOException">Whoever reads it has gone or takes nothing.</exception>
    public static void Write(SafeFileHandle handle, ReadOnlySpan<byte> bytes, string path)
    {
        var done = 0;
        while (done < bytes.Length)
        {
            var written = WriteBytes(handle, ref MemoryMarshal.GetReference(bytes[done..]), (nuint)(bytes.Length - done));
            var error = written < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (written > 0)
            {
                done += (int)written;
            }
            else if (error == ErrorAgain ? !TakesMore(handle) : error != ErrorInterrupted)
            {
                throw Refusal(error, done > 0, path);
            }
        }
    }

    private static IOException Refusal(int error, bool isCutShort, string path)
    {
        var message = error is ErrorAgain or 0 ? $"Whoever reads {path} takes nothing." : $"write to {path} failed: {Marshal.GetPInvokeErrorMessage(error)}";
        return isCutShort ? new CutShortException(message, error) : new IOException(message, error);
    }

    // Looks again where a signal came in between: the write decides.
    private static bool TakesMore(SafeFileHandle handle)
    {
        var asked = new PollQuestion { Descriptor = (int)handle.DangerousGetHandle(), Events = PollWritable };
        return Poll(ref asked, 1, PatienceMilliseconds) != 0;
    }

    // The number behind /dev/stdout, /dev/fd/1 and what links to them, as images do with their log files.
    private static int? NumberOf(string path)
    {
        for (var links = 0; links < MostLinks; links++)
        {
            foreach (var directory in OfProcess)
            {
                if (path.StartsWith(directory, StringComparison.Ordinal)
                    && int.TryParse(path.AsSpan(directory.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    return number;
                }
            }

            if (new FileInfo(path).LinkTarget is not { } target)
            {
                return null;
            }

            path = Path.GetFullPath(target, Path.GetDirectoryName(path)!);
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FileControl(int descriptor, int command, int least);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteBytes(SafeFileHandle handle, ref byte bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollQuestion question, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollQuestion
    {
        public int Descriptor;
        public short Events;
        public short Found;
    }
}
