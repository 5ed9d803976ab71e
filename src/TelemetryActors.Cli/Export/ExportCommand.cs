using System.CommandLine;
using TelemetryActors.Cli.Config;
using TelemetryActors.Cli.Output;
using TelemetryActors.Cli.Show;

namespace TelemetryActors.Cli.Export;

/// <summary><c>telemetry export</c>: events of the log as one JSON document or as CSV (S3.24).</summary>
internal static class ExportCommand
{
    private const string Json = "json";
    private const string Csv = "csv";

    public static Command Create()
    {
        var export = new Command("export", "Write events of the log as JSON or CSV.");
        var filter = new FilterOptions(export);
        var format = new Option<string>("--format") { Description = "json: one list. csv: RFC 4180, with a row of names.", HelpName = "F", DefaultValueFactory = _ => Json };
        format.TakesOneOf(Json, Csv);
        var file = new Option<string?>("--out") { Description = "Write to this file, whole or not at all; into a device or pipe as it comes. Default: standard output.", HelpName = "FILE" };
        export.Options.Add(format);
        export.Options.Add(file);
        export.SetAction(parsed =>
        {
            if (parsed.GetValue(file) is { } named)
            {
                OwnFiles.Refuse(named, BaseSettings.FindToRead(parsed));
            }

            var log = OpenLog.Of(parsed);
            var browser = log.Browser();
            var lines = browser.All(filter.Read(parsed));
            void WriteTo(Stream output)
            {
                if (parsed.GetValue(format) == Csv)
                {
                    EventCsv.Write(output, lines);
                }
                else
                {
                    EventJson.Write(output, lines);
                }
            }

            if (parsed.GetValue(file) is { } path)
            {
                OutputFile.Write(path, WriteTo);
            }
            else
            {
                using var output = new BufferedStream(StandardOutput.Open());
                WriteTo(output);
            }

            OpenLog.TellGarbage(browser);
            return ExitCode.Done;
        });
        return export;
    }
}
