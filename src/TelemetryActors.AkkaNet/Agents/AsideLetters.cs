using TelemetryActors.Browsing;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>The lines that were set aside, where they are kept and counted: dead letters of the sink, which it asks for itself when their time has come.</summary>
/// <remarks>It asks as an operator would, by a line in the sink's command file, so that the trail shows it. For the sink's own thread.</remarks>
/// <param name="files">The disk.</param>
/// <param name="baseDirectory">Where the sink keeps its files.</param>
/// <param name="sink">The sink's name.</param>
internal sealed class AsideLetters(IFileSystem files, string baseDirectory, string sink)
{
    /// <summary>Bytes of dead letters behind which nothing more is set aside: then a run that is refused holds up its agent, whose log keeps all.</summary>
    public const long MostBytes = 16 * 1024 * 1024;

    private const string Mark = "set aside until its run is taken";

    private readonly string _path = SinkPaths.DeadLetters(baseDirectory, sink);

    /// <summary>Whether there is room for more; on a disk that does not say there is none.</summary>
    public bool HasRoom
    {
        get
        {
            try
            {
                return (files.Identify(_path)?.Length ?? 0) < MostBytes;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <summary>The reason that stands in a letter, by which it is found again.</summary>
    public static string Reason(string entityId, string cause) => $"{Mark}, {entityId}: {cause}";

    /// <summary>Asks for them to be delivered once more.</summary>
    /// <returns>False when there are none.</returns>
    /// <exception cref="IOException">The disk refuses.</exception>
    public bool TryAskFor(DateTimeOffset now)
    {
        if (!HasSome())
        {
            return false;
        }

        new SinkCommandFile(files, baseDirectory, sink).Append(
            new SinkCommand(SinkCommandKind.Retry, $"sink {sink}", now, "their runs may be taken by now") { Letters = new DeadLetterSelection { Reason = Mark } });
        return true;
    }

    private bool HasSome() =>
        FileLines.Of(files, _path).Any(line => StoredLetter.TryParse(line, out var letter, out _) && letter.Reason.StartsWith(Mark, StringComparison.Ordinal));
}
