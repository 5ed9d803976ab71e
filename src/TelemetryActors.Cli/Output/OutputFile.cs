namespace TelemetryActors.Cli.Output;

/// <summary>A file that a command writes whole or not at all: what was there of before stays until it is complete.</summary>
internal static class OutputFile
{
    private const string Suffix = ".tmp";

    /// <summary>Writes it; what the writer throws comes through.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        CheckPlace(path);
        try
        {
            using (var output = File.Create(path + Suffix))
            {
                write(output);
            }

            File.Move(path + Suffix, path, overwrite: true);
        }
        catch
        {
            File.Delete(path + Suffix);
            throw;
        }
    }

    // Said of the file that was named, and not of the one beside it that is written first.
    private static void CheckPlace(string path)
    {
        if (Directory.Exists(path))
        {
            throw new CommandException($"{path} cannot be written: it is a directory.", ExitCode.Usage);
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory && !Directory.Exists(directory))
        {
            throw new CommandException($"{path} cannot be written: there is no directory {directory}.", ExitCode.Usage);
        }
    }

    /// <summary>The same for a writer that waits.</summary>
    public static async Task<T> WriteAsync<T>(string path, Func<Stream, Task<T>> write)
    {
        CheckPlace(path);
        try
        {
            T result;
            await using (var output = File.Create(path + Suffix))
            {
                result = await write(output);
            }

            File.Move(path + Suffix, path, overwrite: true);
            return result;
        }
        catch
        {
            File.Delete(path + Suffix);
            throw;
        }
    }
}
