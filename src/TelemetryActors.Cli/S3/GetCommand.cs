using System.CommandLine;
using TelemetryActors.Cli.Config;
using TelemetryActors.Cli.Output;
using TelemetryActors.Sinks.S3;
using TelemetryActors.Sinks.S3.Reading;

namespace TelemetryActors.Cli.S3;

/// <summary><c>telemetry s3 get</c>: the events of a time, back from the bucket as JSON lines, in order and each once.</summary>
internal static class GetCommand
{
    public static Command Create()
    {
        var from = TimeOption.Create("--from", "Events from this time on.");
        from.Required = true;
        var to = TimeOption.Create("--to", "Events before this time. Default: now.");
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
            var (begin, end) = (TimeOption.Read(parsed, from) ?? now, TimeOption.Read(parsed, to) ?? now);
            if (end <= begin)
            {
                throw new CommandException(parsed.GetValue(to) is null ? "--from lies in the future." : "--to must lie behind --from.", ExitCode.Usage);
            }

            if (parsed.GetValue(file) is { } named)
            {
                OwnFiles.Refuse(named, BaseSettings.FindSound(parsed));
            }

            var events = new StoredEvents(new BucketObjects(bucket.Client, bucket.Options));
            async Task<long> WriteTo(Stream output)
            {
                // Not disposed: that would end the file before it is brought to its device.
                var buffered = new BufferedStream(output, 64 * 1024);
                var taken = await events.WriteAsync(begin, end, parsed.GetValue(device), buffered, cancellation);
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
}
