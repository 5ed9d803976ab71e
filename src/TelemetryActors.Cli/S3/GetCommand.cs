using System.CommandLine;
using TelemetryActors.Cli.Output;
using TelemetryActors.Cli.Show;
using TelemetryActors.Sinks.S3;
using TelemetryActors.Sinks.S3.Reading;

namespace TelemetryActors.Cli.S3;

/// <summary><c>telemetry s3 get</c>: the events of a time, back from the bucket as JSON lines, in order and each once.</summary>
internal static class GetCommand
{
    private const string Times = "ISO 8601, or how long ago (45s, 10m, 2h, 3d)";

    public static Command Create()
    {
        var from = Time("--from", $"Events from this time on: {Times}.");
        from.Required = true;
        var to = Time("--to", "Events before this time. Default: now.");
        var device = new Option<string?>("--device") { Description = "Only of this installation. Default: of all in the bucket.", HelpName = "ID" };
        var file = new Option<string?>("--out") { Description = "Write to this file, which is there when all was read; of a damaged object it has what stands before the damage; into a device or pipe as it comes. Default: standard output.", HelpName = "FILE" };
        var command = new Command(
            "get",
            """
            Bring events back from the bucket as JSON lines.
              Not found are events that are dated more than a day after their upload, by a clock that was ahead: begin --from earlier for those.
              It takes the permissions s3:ListBucket and s3:GetObject.
            """) { from, to, device, file };
        command.SetAction((parsed, cancellation) => Bucket.UseAsync(parsed, async bucket =>
        {
            var now = TimeProvider.System.GetUtcNow();
            if ((Instant(parsed.GetValue(to), now) ?? now) <= Instant(parsed.GetValue(from), now))
            {
                throw new CommandException(parsed.GetValue(to) is null ? "--from lies in the future." : "--to must lie behind --from.", ExitCode.Usage);
            }

            var events = new StoredEvents(new BucketObjects(bucket.Client, bucket.Options));
            async Task<long> WriteTo(Stream output)
            {
                // Not disposed: that would end the file before it is brought to its device.
                var buffered = new BufferedStream(output, 64 * 1024);
                var taken = await events.WriteAsync(
                    Instant(parsed.GetValue(from), now) ?? now, Instant(parsed.GetValue(to), now) ?? now, parsed.GetValue(device), buffered, cancellation);
                await buffered.FlushAsync(cancellation);
                return taken;
            }

            var written = parsed.GetValue(file) is { } path ? await OutputFile.WriteAsync(path, WriteTo) : await WriteTo(StandardOutput.Open());
            StandardError.Tell($"{written} events");
            foreach (var damaged in events.Damaged)
            {
                StandardError.Tell($"{damaged} is damaged: what follows the damage is missing");
            }

            if (events.WithoutBounds > 0)
            {
                StandardError.Tell($"{events.WithoutBounds} objects have lost their metadata; events in them may be there twice");
            }

            return events.Damaged.Count > 0 ? ExitCode.Failed : ExitCode.Done;
        }));
        return command;
    }

    private static Option<string?> Time(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "T" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && Instant(result.Tokens[0].Value, TimeProvider.System.GetUtcNow()) is null)
            {
                result.AddError($"{name} takes a time such as 2026-01-31T10:00:00Z, 2026-01-31, 10m, 2h or 3d, not '{result.Tokens[0].Value}'.");
            }
        });
        return option;
    }

    private static DateTimeOffset? Instant(string? text, DateTimeOffset now) => text is not null && SinceText.TryParse(text, now, out var instant) ? instant : null;
}
