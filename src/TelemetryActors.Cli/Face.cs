using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
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
        if (args.Length == 0)
        {
            using var help = new StringWriter();
            await Commands.Root().Parse("--help", Parsing).InvokeAsync(new InvocationConfiguration { Output = help });
            StandardError.Write(help.ToString());
            return ExitCode.Usage;
        }

        var parsed = Commands.Root().Parse(args, Parsing);
        if (parsed.Action is ParseErrorAction)
        {
            return Fail($"{string.Join(" ", Texts(parsed))} Try '{Name(parsed.CommandResult)} --help'.", ExitCode.Usage);
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

    // A command that nobody knows is all there is to say: that none was given follows from it.
    private static IEnumerable<string> Texts(ParseResult parsed) =>
        parsed.CommandResult.Command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [var unknown, ..] && !unknown.StartsWith('-')
            ? [$"There is no command '{unknown}'."]
            : parsed.Errors.Select(Text).Distinct();

    private static string Name(SymbolResult command) => command.Parent is { } parent ? $"{Name(parent)} {((CommandResult)command).Command.Name}" : "telemetry";

    // What is missing is named; the parser names only the command that misses it.
    private static string Text(ParseError error) => error.SymbolResult is ArgumentResult { Tokens.Count: 0, Parent: CommandResult } missing
        ? $"{missing.Argument.Name} is missing."
        : error.Message;

    private static int Fail(string message, int exitCode)
    {
        StandardError.Tell(message.ReplaceLineEndings(" "));
        return exitCode;
    }
}
