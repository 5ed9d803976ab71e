using System.Diagnostics;

namespace TelemetryActors.Cluster.Tests.Story;

/// <summary>Runs programs of the system to their end.</summary>
internal static class Command
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    /// <summary>Runs it.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has its output.</exception>
    public static void Run(string program, params string[] arguments)
    {
        var (code, output) = Try(program, arguments);
        if (code != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {code}: {output}");
        }
    }

    public static (int Code, string Output) Try(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(Longest))
        {
            process.Kill();
            return (-1, "it did not end");
        }

        return (process.ExitCode, output + error.Result);
    }

    public static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, program)));
}
