using TelemetryActors.Cli.Exec;

namespace TelemetryActors.Cli.Output;

/// <summary>Standard error, for what the program says to people.</summary>
/// <remarks>
/// Thread-safe. Where it cannot be written - its disk is full, it is closed, nobody reads it - there is no other place to say that: nothing throws, and neither work nor exit code
/// depends on it. The console's own throws, in the middle of whatever was to be done.
/// </remarks>
internal static class StandardError
{
    private const int Descriptor = 2;

    /// <summary>Says something in a line that names the program.</summary>
    public static void Tell(string message) => WriteLine("telemetry: " + message);

    public static void WriteLine(string line) => Write(line + "\n");

    public static void Write(string text)
    {
        if (OperatingSystem.IsWindows())
        {
            WriteToConsole(text);
        }
        else
        {
            _ = LibC.TryWriteAll(Descriptor, System.Text.Encoding.UTF8.GetBytes(text), out _);
        }
    }

    private static void WriteToConsole(string text)
    {
        try
        {
            Console.Error.Write(text);
        }
        catch (IOException)
        {
            // As above.
        }
    }
}
