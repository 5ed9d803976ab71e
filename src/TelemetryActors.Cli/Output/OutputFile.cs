using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Output;

/// <summary>A file that a command writes whole or not at all: what was there of before stays until it is complete, and hands on its rights.</summary>
/// <remarks>A link is followed. What is no plain file, such as a device or a pipe, is written into as it is: nothing takes its place.</remarks>
internal sealed class OutputFile
{
    private readonly string _path;
    private readonly string? _temporary;
    private readonly FileRights? _rights;

    private OutputFile(string path)
    {
        // Asked before the link is resolved: the link to an open pipe names no path.
        var isPlain = FileStatus.IsPlain(path);
        if (isPlain == false && !Directory.Exists(path))
        {
            _path = path;
            return;
        }

        _path = RealPath.Of(path);
        CheckPlace(path);
        if (isPlain == true)
        {
            // Who may not write it may not put another one in its place.
            using (File.OpenHandle(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            {
                _rights = FileRights.OfPresentOrNew(_path);
            }
        }

        Sweep();
        _temporary = AtomicFile.TemporaryOf(_path);
    }

    /// <summary>Writes it; what the writer throws comes through.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        var file = new OutputFile(path);
        using var signals = file.DiscardAtEnd();
        try
        {
            using (var output = file.Open())
            {
                write(output);
                file.Complete(output);
            }

            file.Publish();
        }
        catch
        {
            file.Discard();
            throw;
        }
    }

    /// <summary>The same for a writer that waits.</summary>
    public static async Task<T> WriteAsync<T>(string path, Func<Stream, Task<T>> write)
    {
        var file = new OutputFile(path);
        using var signals = file.DiscardAtEnd();
        try
        {
            T result;
            await using (var output = file.Open())
            {
                result = await write(output);
                file.Complete(output);
            }

            file.Publish();
            return result;
        }
        catch
        {
            file.Discard();
            throw;
        }
    }

    // Said of the file that was named, and not of the one beside it that is written first.
    private void CheckPlace(string named)
    {
        if (Directory.Exists(_path) || Path.EndsInDirectorySeparator(named))
        {
            throw new CommandException($"{named} cannot be written: it is a directory.", ExitCode.Usage);
        }

        if (Path.GetDirectoryName(_path) is { } directory && !Directory.Exists(directory))
        {
            throw new CommandException($"{named} cannot be written: there is no directory {directory}.", ExitCode.Usage);
        }
    }

    private FileStream Open()
    {
        if (_temporary is null)
        {
            return new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        }

        // Nobody else may open it meanwhile: that tells it from what a killed process left.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (_rights is not null && !OperatingSystem.IsWindows())
        {
            // Until it has the rights of the one whose place it takes, it is its maker's alone.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var output = new LimitedFileStream(_temporary, options, _path);
        _rights?.GiveTo(_temporary);
        return output;
    }

    // A disk may refuse what it took as late as here, and the runtime's own flush keeps that to itself. A writer may have closed the stream already.
    private void Complete(FileStream output)
    {
        if (_temporary is null)
        {
            if (output.CanWrite)
            {
                output.Flush();
            }
        }
        else if (output.CanWrite)
        {
            output.Flush();
            NativeFile.Sync(output.SafeFileHandle, _temporary);
        }
        else
        {
            using var written = File.OpenHandle(_temporary, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            NativeFile.Sync(written, _temporary);
        }
    }

    private void Publish()
    {
        if (_temporary is not null)
        {
            File.Move(_temporary, _path, overwrite: true);
            NativeFile.SyncDirectory(Path.GetDirectoryName(_path)!);
        }
    }

    // Who is interrupted leaves nothing; what was there of before stays. The process ends by the signal all the same.
    private EndOfProcess DiscardAtEnd() => new(Discard);

    // What a process that was killed has left; one that is at it just now holds its own.
    private void Sweep()
    {
        var (directory, name) = (Path.GetDirectoryName(_path)!, Path.GetFileName(_path));
        foreach (var left in DiskFileSystem.Instance.List(directory).Where(left => AtomicFile.IsTemporaryOf(name, left)).Select(left => Path.Combine(directory, left)))
        {
            try
            {
                using (File.OpenHandle(left, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                    File.Delete(left);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Another process's, that lives or may not be touched: it is in nobody's way.
            }
        }
    }

    private void Discard()
    {
        if (_temporary is not null)
        {
            File.Delete(_temporary);
        }
    }
}
