using System.CommandLine;
using TelemetryActors.Cli.Config;
using TelemetryActors.Cli.Output;
using TelemetryActors.Supervision;

namespace TelemetryActors.Cli.Sinks;

/// <summary><c>telemetry sinks drain [NAME]</c>: delivers what waits now, with no other program.</summary>
internal static class DrainCommand
{
    private const int DefaultSeconds = 60;
    private const int MostSeconds = 86_400;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    public static Command Create()
    {
        var name = new Argument<string?>("NAME") { Description = "The sink; all that the settings ask for without it.", Arity = ArgumentArity.ZeroOrOne };
        var seconds = new Option<int>("--timeout") { Description = "How many seconds it may take.", HelpName = "S", DefaultValueFactory = _ => DefaultSeconds };
        seconds.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var count) || count is < 1 or > MostSeconds))
            {
                result.AddError($"--timeout takes a number of seconds from 1 to {MostSeconds}, not '{result.Tokens[0].Value}'.");
            }
        });
        var drain = new Command("drain", "Carry out what was asked of a sink and deliver what waits for it, now. For sinks that the settings ask for.") { name, seconds };
        drain.SetAction((parsed, _) => RunAsync(parsed, parsed.GetValue(name), TimeSpan.FromSeconds(parsed.GetValue(seconds))));
        return drain;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string? name, TimeSpan limit)
    {
        var start = BaseSettings.FindToRead(parsed);
        var known = ConfiguredSinks.Names(start);
        if (known.Count == 0 || (name is not null && !known.Contains(name)))
        {
            var off = name is not null && ConfiguredSinks.Off(start).TryGetValue(name, out var why) ? $" {why}." : "";
            throw new CommandException($"The settings of {start.Folder.Path} ask for no sink{(name is null ? "" : $" '{name}'")}.{off} Known: {string.Join(", ", known)}.", ExitCode.Usage);
        }

        IReadOnlyCollection<string> chosen = name is null ? known : [name];
        await using var client = TelemetryClient.Start(new TelemetryOptions { Agent = "telemetry", BaseDirectory = start.Folder.Path, TrackSessions = false, RecordCrashes = false }.WithSinkKits());
        client.Pipeline.TakeOverDeadWriters(limit);
        var flushing = client.FlushSinksAsync(limit, chosen);
        using var ended = new CancellationTokenSource(limit);
        while (!Chosen().All(IsThrough) && !ended.IsCancellationRequested)
        {
            await Task.WhenAny(flushing.IsCompleted ? Task.Delay(Look, ended.Token) : flushing, Task.Delay(Look, ended.Token));
        }

        var left = false;
        foreach (var sink in Chosen())
        {
            left |= sink.Pending > 0;
            StandardOutput.WriteLine($"{sink.Name}: {sink.Delivered} delivered in all, {(sink.Pending == 0 ? "nothing waits" : $"{sink.Pending} wait: {WhyNot(sink)}")}");
        }

        return left ? ExitCode.Failed : ExitCode.Done;

        IEnumerable<SinkStatus> Chosen() => client.Sinks.Where(sink => chosen.Contains(sink.Name));

        bool IsThrough(SinkStatus sink) =>
            (sink.IsElsewhere || sink.IsPaused || sink.Circuit.State == CircuitState.Open || sink.Pending == 0) && flushing.IsCompleted;
    }

    private static string WhyNot(SinkStatus sink) =>
        sink.IsElsewhere ? "another process has the sink, and delivers"
        : sink.IsPaused ? "the sink is paused"
        : sink.Circuit.Cause ?? sink.LastError ?? "there was no time for them";
}
