using System.CommandLine;
using System.CommandLine.Parsing;

namespace TelemetryActors.Cli.Exec;

/// <summary><c>telemetry exec</c>: a real command as a run.</summary>
internal static class ExecCommand
{
    private const string DefaultJob = "exec";

    public static Command Create()
    {
        var agent = new Option<string?>("--agent") { Description = "Who does the work. Default: the command's file name.", HelpName = "A" };
        var job = new Option<string>("--job") { Description = "What kind of work it is.", HelpName = "J", DefaultValueFactory = _ => DefaultJob };
        var lines = new Option<bool>("--lines") { Description = "Record each line of output as an event. Each stream keeps its order; between the two there is none then." };
        var printRunId = new Option<bool>("--print-run-id") { Description = "Print the run's id to standard error." };
        var command = new Argument<string[]>("command") { Description = "The command and its arguments, behind --.", Arity = ArgumentArity.OneOrMore };
        var exec = new Command(
            "exec",
            """
            Run a command and record it as a run: exit code, duration, CPU time, peak memory, and each line if you like.
              The exit code is the command's (128 and the signal's number when a signal ended it; 127 when there is no such command, 126 when it cannot be executed).
              telemetry exec --agent backup --lines -- ./backup.sh --all
            """) { agent, job, lines, printRunId, command };
        exec.SetAction(parsed =>
        {
            var words = parsed.GetRequiredValue(command);
            CheckPlace(parsed, words);
            return new RecordedCommand(new ExecSettings
            {
                Command = words,
                Agent = parsed.GetValue(agent) is { Length: > 0 } given ? given : Path.GetFileName(words[0].TrimEnd('/')),
                Job = parsed.GetRequiredValue(job),
                BaseDirectory = parsed.GetValue(CommonOptions.Base),
                RecordsLines = parsed.GetValue(lines),
                PrintsRunId = parsed.GetValue(printRunId),
            }).Run();
        });
        return exec;
    }

    // What an option does not take the parser would take for the command.
    private static void CheckPlace(ParseResult parsed, string[] words)
    {
        var behind = parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Skip(1).Count();
        if (parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash) && words.Length > behind)
        {
            throw new CommandException($"'{words[0]}' stands before --: it is no option of exec, and no value that one takes. Try 'telemetry exec --help'.", ExitCode.Usage);
        }
    }
}
