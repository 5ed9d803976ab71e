namespace TelemetryActors.Storage;

/// <summary>An open file that is read and written at offsets.</summary>
/// <remarks>Offsets make a repeated write harmless. One writer at a time; reads may run beside it. Errors are <see cref="IOException"/>.</remarks>
public interface IStorageFile : IDisposable
{
    /// <summary>The offset of a write that goes behind the file's end, wherever other processes have brought it by then (Linux; elsewhere to where it is now).</summary>
    /// <remarks>The file is for appending alone from then on.</remarks>
    const long AtEnd = long.MaxValue;

    /// <summary>The file behind the handle, with its length now.</summary>
    FileIdentity Identity { get; }

    /// <summary>Writes all bytes at an offset, or throws; what a failed write left behind is not known.</summary>
    /// <exception cref="IOException">The disk is full, gone or read-only.</exception>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Reads until the buffer is full or the file ends.</summary>
    /// <returns>Bytes read.</returns>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Cuts the file off at a length.</summary>
    void Truncate(long length);

    /// <summary>Waits until everything written is on the device.</summary>
    /// <exception cref="IOException">It is not: what was written since the last success may be lost. A second call proves nothing.</exception>
    void Sync();
}
