using System.CommandLine;
using TelemetryActors.Cli.Config;
using TelemetryActors.Cli.Output;
using TelemetryActors.Configuration;

namespace TelemetryActors.Cli.Sinks;

/// <summary><c>telemetry sinks drain [NAME]</c>: delivers what waits now, with no other program.</summary>
internal static class DrainCommand
{
    private const int DefaultSeconds = 60;
    private const int MostSeconds = 86_400;

    public static Command Create()
    {
        var name = new Argument<string?>("NAME") { Description = "The sink; all that the settings ask for without it.", Arity = ArgumentArity.ZeroOrOne };
        var seconds = new Option<int>("--timeout") { Description = $"How many seconds it may take; a call that is under way then has {Drain.EndPatience.TotalSeconds} more.", HelpName = "S", DefaultValueFactory = _ => DefaultSeconds };
        seconds.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var count) || count is < 1 or > MostSeconds))
            {
                result.AddError($"--timeout takes a number of seconds from 1 to {MostSeconds}, not '{result.Tokens[0].Value}'.");
            }
        });
        var drain = new Command("drain", "Carry out what was asked of a sink and deliver what waits for it, now. For sinks that the settings ask for. A wait that a failed upload or the destination left goes on: drain says until when, 'sinks probe NAME' ends it.") { name, seconds };
        drain.SetAction((parsed, _) => RunAsync(parsed, parsed.GetValue(name), TimeSpan.FromSeconds(parsed.GetValue(seconds))));
        return drain;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string? name, TimeSpan limit)
    {
        var start = BaseSettings.FindToRead(parsed);
        var known = ConfiguredSinks.Names(start);
        if (known.Count == 0 || (name is not null && !known.Contains(name)))
        {
            var switchedOff = ConfiguredSinks.Off(start);
            var off = name is not null ? (switchedOff.TryGetValue(name, out var why) ? $" {why}." : "") : string.Concat(switchedOff.Select(sink => $" {sink.Key} is off: {sink.Value}."));
            var others = known.Count > 0 ? $"Known: {string.Join(", ", known)}."
                : off.Length > 0 ? "No other is named."
                : "They name none: telemetry config set endpoint URL, or sinks.NAME.enabled true, asks for one.";
            throw new CommandException($"The settings of {start.Folder.Path} ask for no sink{(name is null ? "" : $" '{name}'")}.{off} {others}", ExitCode.Usage);
        }

        if (OffSwitch.Why(start.Resolved) is { } held)
        {
            throw new CommandException($"Telemetry is off in {start.Folder.Path} ({held}): nothing is delivered before it is on.", ExitCode.Failed);
        }

        var drained = await Drain.RunAsync(start, name is null ? known : [name], limit);
        var sinkFault = WriteFault.Of(start.Folder.SinkStates);
        foreach (var (sink, progress) in drained)
        {
            StandardOutput.WriteLine($"{sink}: {progress.Text(sinkFault)}");
        }

        return drained.All(sink => sink.Progress.IsTaken) ? ExitCode.Done : ExitCode.Failed;
    }
}
