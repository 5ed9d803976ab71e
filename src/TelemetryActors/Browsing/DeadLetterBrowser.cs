using TelemetryActors.Delivery;
using TelemetryActors.Engine;
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
    public IEnumerable<StoredLetter> Read(string sink, DeadLetterSelection selection, ICollection<string> faults)
    {
        var path = SinkPaths.DeadLetters(baseDirectory, sink);
        if (files.Identify(path) is null)
        {
            yield break;
        }

        var file = files.Open(path, writable: false);
        using var reader = new ForwardLineReader(file, 0, file.Identity.Length);
        for (var number = 1; reader.TryRead(out var line); number++)
        {
            if (!StoredLetter.TryParse(line, out var letter, out var fault))
            {
                faults.Add($"{path}, line {number}, is no dead letter: {fault}");
            }
            else if (selection.Includes(letter.Id, letter.Reason, letter.At))
            {
                yield return letter;
            }
        }
    }
}
