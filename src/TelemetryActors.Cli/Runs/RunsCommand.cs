using System.CommandLine;
using TelemetryActors.Cli.Output;
using TelemetryActors.Runs;

namespace TelemetryActors.Cli.Runs;

/// <summary><c>telemetry runs</c>: the newest runs and how they stand.</summary>
internal static class RunsCommand
{
    private const int DefaultLast = 50;

    public static Command Create()
    {
        var agent = new Option<string?>("--agent") { Description = "Only runs of this agent.", HelpName = "A" };
        var status = new Option<string?>("--status") { Description = "Only runs that stand so: " + string.Join(", ", StatusWords()) + ".", HelpName = "S" };
        status.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !RunStatusText.TryParse(result.Tokens[0].Value, out _))
            {
                result.AddError($"--status takes one of {string.Join(", ", StatusWords())}, not '{result.Tokens[0].Value}'.");
            }
        });
        var last = CommonOptions.Last(DefaultLast);
        var json = CommonOptions.Json();
        var runs = new Command("runs", "Show the newest runs, how they stand and what they measured: telemetry runs --status failed")
        {
            agent, status, last, json, RunShowCommand.Create(), RunCommitCommand.Create(),
        };
        runs.SetAction(parsed =>
        {
            RunStatus? wanted = RunStatusText.TryParse(parsed.GetValue(status), out var given) ? given : null;
            var found = Find(parsed, parsed.GetValue(agent), wanted, parsed.GetValue(last));
            if (parsed.GetValue(json))
            {
                WriteJson(found);
            }
            else
            {
                WriteListing(found);
            }

            return ExitCode.Done;
        });
        return runs;
    }

    private static IReadOnlyList<RunRecord> Find(ParseResult parsed, string? agent, RunStatus? status, int last)
    {
        using var lookup = RunLookup.Of(parsed);
        return lookup.Last(agent, status, last);
    }

    private static IEnumerable<string> StatusWords() => Enum.GetValues<RunStatus>().Select(status => status.ToText());

    private static void WriteJson(IEnumerable<RunRecord> runs)
    {
        using var output = new JsonOutput();
        foreach (var run in runs)
        {
            output.Write(json => RunJson.Write(json, run));
        }
    }

    private static void WriteListing(IEnumerable<RunRecord> runs)
    {
        var listing = new Listing("RUN", "AGENT", "JOB", "STATUS", "STARTED", "DURATION", "EVENTS", "METRICS");
        foreach (var run in runs)
        {
            listing.Add(
                run.RunId,
                run.AgentName ?? "-",
                run.JobType ?? "-",
                run.Status.ToText(),
                Texts.Of(run.StartTime),
                run.DurationMs is { } milliseconds ? Texts.OfMilliseconds(milliseconds) : "-",
                Texts.Of(run.EventCount),
                string.Join(' ', run.Metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal).Select(metric => $"{metric.Key}={metric.Value}")));
        }

        listing.Write();
    }
}
