namespace TelemetryActors.Browsing;

/// <summary>Yields a file's whole lines one after another, forwards or backwards.</summary>
internal interface ILineReader : IDisposable
{
    /// <summary>The next line without its line feed; its bytes are valid until the next call.</summary>
    bool TryRead(out ReadOnlyMemory<byte> line);
}
