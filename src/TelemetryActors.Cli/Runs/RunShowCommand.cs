using System.CommandLine;
using System.Globalization;
using TelemetryActors.Browsing;
using TelemetryActors.Cli.Output;
using TelemetryActors.Cli.Show;
using TelemetryActors.Encoding;
using TelemetryActors.Runs;

namespace TelemetryActors.Cli.Runs;

/// <summary><c>telemetry runs show ID</c>: one run with everything known of it, and its events.</summary>
internal static class RunShowCommand
{
    private const int DefaultLast = 200;

    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The run's id." };
        var last = CommonOptions.Last(DefaultLast);
        var json = CommonOptions.Json();
        var show = new Command("show", "Show one run and its events.") { id, last, json };
        show.SetAction(parsed =>
        {
            var (run, events) = Find(parsed, parsed.GetValue(id)!, parsed.GetValue(last));
            if (parsed.GetValue(json))
            {
                using var output = new JsonOutput();
                output.Write(writer => RunJson.Write(writer, run));
            }
            else
            {
                Print(run);
            }

            using var printer = new EventPrinter(parsed.GetValue(json));
            printer.Print(events);
            return ExitCode.Done;
        });
        return show;
    }

    private static (RunRecord Run, IReadOnlyList<EventLine> Events) Find(ParseResult parsed, string id, int last)
    {
        using var lookup = RunLookup.Of(parsed);
        return (lookup.Find(id), lookup.Events(new EventFilter(run: id), last));
    }

    private static void Print(RunRecord run)
    {
        using var writer = StandardOutput.OpenText();
        foreach (var (name, text) in Facts(run))
        {
            if (text is { Length: > 0 } and not "-")
            {
                writer.WriteLine($"{name,-16} {PlainText.Of(text)}");
            }
        }

        writer.WriteLine();
    }

    private static IEnumerable<(string Name, string? Text)> Facts(RunRecord run) =>
    [
        ("run", run.RunId),
        ("agent", run.AgentName),
        ("job", run.JobType),
        ("status", run.Status.ToText()),
        ("started", Texts.Of(run.StartTime)),
        ("ended", Texts.Of(run.EndTime)),
        ("duration", run.DurationMs is { } milliseconds ? Texts.OfMilliseconds(milliseconds) : null),
        ("events", run.EventCount.ToString(CultureInfo.InvariantCulture)),
        ("input", run.InputSummary),
        ("output", run.OutputSummary),
        ("error", run.ErrorSummary),
        .. run.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => (label.Key, (string?)label.Value)),
        .. run.Metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal).Select(metric => ("metric " + metric.Key, (string?)metric.Value.ToString())),
    ];
}
