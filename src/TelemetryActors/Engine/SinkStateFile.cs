using System.Globalization;
using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Storage;

namespace TelemetryActors.Engine;

/// <summary>Keeps a sink's state in <c>state/sinks/&lt;sink&gt;.json</c>, replaced as a whole: temporary file, fsync, rename, directory fsync.</summary>
internal sealed class SinkStateFile(IFileSystem files, string baseDirectory, string sink)
{
    private readonly string _path = SinkPaths.State(baseDirectory, sink);
    private ReadOnlyMemory<byte> _saved;

    /// <summary>What was kept; a sink that never ran when nothing is there. A file that cannot be read is set aside under another name.</summary>
    /// <param name="now">Names the file that is set aside.</param>
    /// <param name="fault">What was wrong with the file; null when nothing.</param>
    /// <exception cref="IOException">The disk does not answer; nothing is known.</exception>
    public SinkState Load(DateTimeOffset now, out string? fault)
    {
        fault = null;
        if (files.Identify(_path) is null)
        {
            return SinkState.Fresh;
        }

        try
        {
            return SinkStateFormat.Read(WholeFile.Read(files, _path));
        }
        catch (JsonException exception)
        {
            var aside = $"{_path}.unreadable-{now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}";
            files.Replace(_path, aside);
            fault = $"{Path.GetFileName(_path)} was set aside: {exception.Message}";
            return SinkState.Fresh;
        }
    }

    /// <summary>Makes the file of a sink that never ran, so that it is seen before it has delivered anything.</summary>
    /// <param name="commands">What was asked for before the sink had a state: a kill right after this brings none of it back.</param>
    /// <param name="state">What is known without one; null when it was not looked.</param>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Begin(SinkCommandFile commands, SinkState? state = null)
    {
        if (files.Identify(_path) is null)
        {
            Save((state ?? SinkState.Fresh) with { CommandsRead = commands.Length });
        }
    }

    /// <summary>Replaces the file, unless it says the same already.</summary>
    /// <exception cref="IOException">The disk does not take it; the file is as it was.</exception>
    public void Save(SinkState state)
    {
        var content = SinkStateFormat.Write(state);
        if (!content.Span.SequenceEqual(_saved.Span))
        {
            AtomicFile.Write(files, _path, content.Span);
            _saved = content;
        }
    }
}
