using System.CommandLine;

namespace TelemetryActors.Cli.Exec;

/// <summary><c>telemetry exec</c>: a real command as a run.</summary>
internal static class ExecCommand
{
    private const string DefaultJob = "exec";

    public static Command Create()
    {
        var agent = new Option<string?>("--agent") { Description = "Who does the work. Default: the command's file name.", HelpName = "A" };
        var job = new Option<string>("--job") { Description = "What kind of work it is.", HelpName = "J", DefaultValueFactory = _ => DefaultJob };
        var lines = new Option<bool>("--lines") { Description = "Record each line of output as an event." };
        var printRunId = new Option<bool>("--print-run-id") { Description = "Print the run's id to standard error." };
        var command = new Argument<string[]>("command") { Description = "The command and its arguments, behind --.", Arity = ArgumentArity.OneOrMore };
        var exec = new Command(
            "exec",
            """
            Run a command and record it as a run: exit code, duration, CPU time, peak memory, and each line if you like.
              The exit code is the command's (128 and the signal's number when a signal ended it; 127 when there is no such command).
              telemetry exec --agent backup --lines -- ./backup.sh --all
            """) { agent, job, lines, printRunId, command };
        exec.SetAction(parsed =>
        {
            var words = parsed.GetRequiredValue(command);
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
}
