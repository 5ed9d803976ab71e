using System.CommandLine;
using System.Text.Json;
using TelemetryActors.Cli.Config;
using TelemetryActors.Cli.Output;
using TelemetryActors.Configuration;
using TelemetryActors.Sinks.Uploads;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Show;

/// <summary><c>telemetry show --would-send SINK</c>: the bytes of the bodies that an upload would send next, one a line.</summary>
internal static class WouldSend
{
    public static Option<string?> Option()
    {
        var option = new Option<string?>("--would-send")
        {
            Description = $"Show the bytes that an upload would send next, and send nothing: {string.Join(", ", UploadPreview.Names)}.",
            HelpName = "SINK",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !UploadPreview.Names.Contains(result.Tokens[0].Value))
            {
                result.AddError($"--would-send takes one of {string.Join(", ", UploadPreview.Names)}, not '{result.Tokens[0].Value}'.");
            }
        });
        return option;
    }

    public static async Task<int> PrintAsync(ParseResult parsed, string sink)
    {
        var start = BaseSettings.FindToRead(parsed);
        var preview = new UploadPreview(DiskFileSystem.Instance, start);
        try
        {
            if (OffSwitch.Why(start.Resolved) is { } off)
            {
                StandardError.Tell($"telemetry is off here ({off}): nothing of this is sent before it is on");
            }

            var asked = preview.NotCarriedOut(sink);
            var (bodies, arePending) = await preview.BodiesAsync(sink);
            if (asked.Count > 0)
            {
                StandardError.Tell(
                    $"{asked.Count} {(asked.Count == 1 ? "command" : "commands")} to {sink} {(asked.Count == 1 ? "is" : "are")} not carried out yet "
                    + $"({string.Join(", ", asked.Distinct().Select(kind => kind.ToString().ToLowerInvariant()))}): "
                    + "what a replay or a retry brings may go first and is not shown here, what a cancel takes back is");
            }

            if (!arePending)
            {
                StandardError.Tell($"nothing {(asked.Count > 0 ? "else " : "")}waits for {sink}; this is what an upload of the newest events would be");
            }

            using var output = StandardOutput.Open();
            foreach (var body in bodies)
            {
                output.Write([.. body, (byte)'\n']);
            }

            return ExitCode.Done;
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException)
        {
            throw new CommandException($"What {sink} would send cannot be told: {exception.Message}", ExitCode.Failed);
        }
    }
}
