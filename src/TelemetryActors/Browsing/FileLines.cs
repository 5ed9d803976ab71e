using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>The whole lines of a small file, as it is when they are asked for; each is valid until the next. A file that is not there has none.</summary>
internal static class FileLines
{
    /// <summary>The lines, without their line feeds.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static IEnumerable<ReadOnlyMemory<byte>> Of(IFileSystem files, string path) => WithEnds(files, path).Select(found => found.Line);

    /// <summary>The lines, each with the offset behind its line feed.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static IEnumerable<(ReadOnlyMemory<byte> Line, long End)> WithEnds(IFileSystem files, string path)
    {
        if (files.Identify(path) is null)
        {
            yield break;
        }

        var file = files.Open(path, writable: false);
        using var reader = new ForwardLineReader(file, 0, file.Identity.Length);
        while (reader.TryRead(out var line))
        {
            yield return (line, reader.Offset);
        }
    }
}
