namespace TelemetryActors.Cli.Output;

/// <summary>A file that a command writes whole or not at all: what was there of before stays until it is complete.</summary>
internal static class OutputFile
{
    private const string Suffix = ".tmp";

    /// <summary>Writes it; what the writer throws comes through.</summary>
    public static void Write(string path, Action<Stream> write)
    {
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

    /// <summary>The same for a writer that waits.</summary>
    public static async Task<T> WriteAsync<T>(string path, Func<Stream, Task<T>> write)
    {
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
