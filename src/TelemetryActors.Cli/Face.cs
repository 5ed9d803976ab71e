using System.CommandLine;
using System.CommandLine.Invocation;
using TelemetryActors.Cli.Output;

namespace TelemetryActors.Cli;

/// <summary>The program's command line: reads it, runs what it names, turns what went wrong into one line and an exit code.</summary>
internal static class Face
{
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    // Signals belong to the commands: exec hands them on, tail ends by them.
    private static readonly InvocationConfiguration Invoking = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };

    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Commands.Root().Parse(args, Parsing);
        if (parsed.Action is ParseErrorAction)
        {
            return Fail(string.Join(" ", parsed.Errors.Select(error => error.Message)) + " Try 'telemetry --help'.", ExitCode.Usage);
        }

        try
        {
            return await parsed.InvokeAsync(Invoking);
        }
        catch (CommandException exception)
        {
            return Fail(exception.Message, exception.ExitCode);
        }
        catch (OutputClosedException)
        {
            // Who read us has seen enough.
            return ExitCode.Done;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Fail(exception.Message, ExitCode.Failed);
        }
    }

    private static int Fail(string message, int exitCode)
    {
        Console.Error.WriteLine("telemetry: " + message.ReplaceLineEndings(" "));
        return exitCode;
    }
}
