using TelemetryActors.Encoding;
using TelemetryActors.Events;
using TelemetryActors.Privacy;
using TelemetryActors.Storage;

namespace TelemetryActors.Recording;

/// <summary>Appends events to one local JSON lines file, alone and without a pipeline (S0.2, S0.4, D.5).</summary>
/// <remarks>
/// Each line holds <c>ts</c>, <c>event</c> and <c>details</c>, in this order. Safe for use from several threads, and several recorders of one
/// process may share a file, under whatever names; processes may not. A record of more than 64 KiB, which no event of a client's is either, is refused and not cut. The file is opened for each event, so it may be deleted or moved at any time: the next event
/// makes it again, with its directories, also where a link leads (S0.32). An accepted event survives the death of the process, not that of the machine. It may also be a pipe, a
/// device or <c>/dev/stdout</c> (Linux): a pipe that nobody reads refuses the event, and a full one a second later; a standard stream holds its caller as the console does.
/// </remarks>
public sealed class FileRecorder : IRecorder
{
    private const int MaxTries = 4;

    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly IFileSystem _files;
    private readonly RecordLine _lines;

    /// <summary>A recorder of one file, which need not be there yet.</summary>
    /// <param name="path">The file (S0.27).</param>
    /// <param name="clock">Tells an event's time.</param>
    /// <param name="files">Holds the file.</param>
    /// <param name="redaction">What is taken out before anything is stored (S0.29); the built-in names and patterns when null.</param>
    /// <exception cref="ArgumentException">The path is none.</exception>
    public FileRecorder(string path, TimeProvider clock, IFileSystem files, RedactionOptions? redaction = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(files);
        _path = AbsolutePath.Of(path);
        _clock = clock;
        _files = files;
        _lines = new RecordLine(new Redactor(redaction ?? new RedactionOptions()), EventEncoder.LongestLineBytes);
    }

    /// <inheritdoc />
    public RecordResult RecordFields(string name, IReadOnlyDictionary<string, object?>? details = null)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return RecordResult.Refused(DropReason.Invalid, "the event has no name");
        }

        // What a caller's own dictionary throws while it is read is as much a failure to be told as any other.
        byte[] line;
        try
        {
            line = _lines.Encode(_clock.GetUtcNow(), name, details);
        }
        catch (Exception exception)
        {
            return RecordResult.Refused(DropReason.Invalid, ThrownText.MessageOf(exception));
        }

        try
        {
            Append(line);
            return RecordResult.Accepted;
        }
        catch (Exception exception)
        {
            // Whatever a file system throws, its caller only wanted to record something.
            return RecordResult.Refused(DropReason.WriteFailed, ThrownText.MessageOf(exception));
        }
    }

    private void Append(byte[] line)
    {
        using var file = OpenOrCreate();
        using var turn = FileTurn.Take(file.Identity, _path);
        try
        {
            // A stream has no end to look at: what was cut short there is closed by a line feed.
            file.Write(turn.IsCutShort ? [(byte)'\n', .. line] : line, RecordTail.Mend(file));
            turn.IsCutShort = false;
        }
        catch (CutShortException)
        {
            turn.IsCutShort = true;
            throw;
        }
    }

    private IStorageFile OpenOrCreate()
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return _files.OpenForAppending(_path);
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                _files.CreateDirectory(Path.GetDirectoryName(_path)!);
            }

            try
            {
                return _files.Create(_path);
            }
            catch (IOException) when (tries < MaxTries)
            {
                // Someone else made or deleted it in between: look again.
            }
        }
    }
}
