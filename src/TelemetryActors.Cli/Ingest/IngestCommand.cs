using System.CommandLine;
using TelemetryActors.Cli.Config;
using TelemetryActors.Cli.Output;
using TelemetryActors.Configuration;
using TelemetryActors.Privacy;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Ingest;

/// <summary><c>telemetry ingest</c>: records of other programs into the log.</summary>
internal static class IngestCommand
{
    private const string Agent = "telemetry";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var names = new Argument<string[]>("file")
        {
            Description = "Files of one JSON object a line, plain or gzip; - is standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        var json = CommonOptions.Json();
        var ingest = new Command(
            "ingest",
            """
            Take records of other programs into the log: one JSON object a line, with an event, an event_type or a type.
              What is refused is kept in raw/quarantine, redacted, with file, line and reason, and the exit code is 3. What was taken before is not taken again.
              zcat app.log.gz | telemetry ingest -
            """) { names, json };
        ingest.SetAction((parsed, _) => RunAsync(BaseSettings.FindSound(parsed), parsed.GetRequiredValue(names), parsed.GetValue(json)));
        return ingest;
    }

    private static async Task<int> RunAsync(StartSettings start, string[] names, bool asJson)
    {
        var folder = start.Folder;
        foreach (var name in names.Where(name => name != IngestInput.StandardInput && !File.Exists(name)))
        {
            throw new CommandException(Directory.Exists(name) ? $"{name} is a directory: name its files" : $"{name}: no such file", ExitCode.Usage);
        }

        if (names.Contains(IngestInput.StandardInput) && WaitedInput.IsClosed)
        {
            throw new CommandException("standard input is closed: there is nothing to read", ExitCode.Usage);
        }

        var files = DiskFileSystem.Instance;
        files.CreateDirectory(folder.State);
        using var only = files.TryLock(Path.Combine(folder.State, "ingest.lock"))
            ?? throw new CommandException(WriteFault.Of(folder.State) ?? $"another process ingests into {folder.Path}", ExitCode.Failed);
        var ids = new IngestedIds(files, Path.Combine(folder.State, "ingest-ids"));
        ids.Load();
        var refusedIds = new IngestedIds(files, Path.Combine(folder.State, "ingest-refused"));
        refusedIds.Load();
        var counts = new IngestCounts();
        using var refused = new RefusedLines(Path.Combine(folder.Path, "raw", "quarantine"), TimeProvider.System.GetUtcNow(), new Redactor(start.Options.Redaction));
        try
        {
            await using var client = TelemetryClient.Start(
                new TelemetryOptions { Agent = Agent, BaseDirectory = folder.Path, MaxWait = Patience, TrackSessions = false }.WithSinkKits());
            var unsaved = new UnsavedIds(files, folder.Path, start.Options.Log.File, TimeProvider.System);
            var ingestion = new Ingestion(client, ids, refusedIds, unsaved, refused, counts, TimeProvider.System);
            await ingestion.BeginAsync();
            using var progress = new IngestProgress(TimeProvider.System, counts);
            await FeedAsync(ingestion, names, progress);
            ingestion.End();
        }
        finally
        {
            only.DeleteAndRelease();
            Write(counts, refused.Path, asJson);
        }

        return counts.Refused > 0 ? ExitCode.SomeRefused : ExitCode.Done;
    }

    private static async Task FeedAsync(Ingestion ingestion, string[] names, IngestProgress progress)
    {
        using var ended = new EndSignals();
        try
        {
            foreach (var name in names)
            {
                using var input = new IngestInput(name, ended.Token);
                await ingestion.FeedAsync(input, progress, ended.Token);
            }
        }
        catch (OperationCanceledException)
        {
            await ingestion.KeepAsync();
            ingestion.End();
            throw new CommandException("interrupted: what was read is taken; feeding the same again adds the rest", ExitCode.Failed);
        }
    }

    private static string Where(IngestCounts counts, string? quarantine)
    {
        string[] places =
        [
            .. quarantine is null ? Array.Empty<string>() : [$"kept in {quarantine}"],
            .. counts.RefusedBefore == 0 ? Array.Empty<string>() : [$"{counts.RefusedBefore} of them kept by an earlier ingestion"],
        ];
        return places.Length == 0 ? "" : $" ({string.Join(", ", places)})";
    }

    private static void Write(IngestCounts counts, string? quarantine, bool asJson)
    {
        if (!asJson)
        {
            using var writer = StandardOutput.OpenText();
            writer.WriteLine($"{counts.Accepted} accepted, {counts.Duplicates} duplicates, {counts.Refused} refused{Where(counts, quarantine)}");
            return;
        }

        using var output = new JsonOutput();
        output.Write(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("accepted", counts.Accepted);
            json.WriteNumber("duplicates", counts.Duplicates);
            json.WriteNumber("refused", counts.Refused);
            json.WriteNumber("anchors_skipped", counts.Anchors);
            json.WriteNumber("refused_before", counts.RefusedBefore);
            json.WriteString("quarantine", quarantine);
            json.WriteEndObject();
        });
    }
}
