using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>Looks at the dead letters of a base directory from outside.</summary>
internal sealed class DeadLetterBrowser(IFileSystem files, string baseDirectory)
{
    private const string Extension = ".ndjson";

    /// <summary>The sinks that have a file of dead letters.</summary>
    public IReadOnlyList<string> Sinks() =>
    [
        .. files.List(SinkPaths.DeadDirectory(baseDirectory))
            .Where(name => name.EndsWith(Extension, StringComparison.Ordinal))
            .Select(name => name[..^Extension.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A sink's letters in their order; each is valid until the next.</summary>
    /// <param name="sink">The sink.</param>
    /// <param name="selection">Which letters.</param>
    /// <param name="faults">Takes what is wrong with lines that are no letters.</param>
    public IEnumerable<StoredLetter> Read(string sink, DeadLetterSelection selection, ICollection<string> faults) =>
        ReadFile(SinkPaths.DeadLetters(baseDirectory, sink), faults).Where(letter => selection.Includes(letter.Id, letter.Reason, letter.At));

    /// <summary>A sink's letters that were taken out to be sent once more, until the last of them is answered; each is valid until the next.</summary>
    public IEnumerable<StoredLetter> ReadTaken(string sink)
    {
        var prefix = SinkPaths.TakenPrefix(sink);
        return files.List(SinkPaths.DeadDirectory(baseDirectory))
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && StreamId.TryParse(name[prefix.Length..], null, out _))
            .SelectMany(name => ReadFile(Path.Combine(SinkPaths.DeadDirectory(baseDirectory), name), []));
    }

    private IEnumerable<StoredLetter> ReadFile(string path, ICollection<string> faults)
    {
        foreach (var (index, line) in FileLines.Of(files, path).Index())
        {
            if (StoredLetter.TryParse(line, out var letter, out var fault))
            {
                yield return letter;
            }
            else
            {
                faults.Add($"{path}, line {index + 1}, is no dead letter: {fault}");
            }
        }
    }
}
