using System.CommandLine;
using TelemetryActors.Cli.Config;

namespace TelemetryActors.Cli.Runs;

/// <summary><c>telemetry runs commit ID SHA</c>: ties a run to a git commit, by an event in the log.</summary>
internal static class RunCommitCommand
{
    private const int ShortestHash = 4;
    private const int LongestHash = 64;
    private static readonly string[] Sources = ["manual", "llm", "ci"];

    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The run's id." };
        var hash = new Argument<string>("SHA") { Description = "The commit's hash." };
        hash.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !IsHash(result.Tokens[0].Value))
            {
                result.AddError($"SHA is {ShortestHash} to {LongestHash} hexadecimal digits, not '{result.Tokens[0].Value}'.");
            }
        });
        var source = new Option<string?>("--source") { Description = "How it was made: manual, llm or ci.", HelpName = "S", DefaultValueFactory = _ => Sources[0] };
        source.TakesOneOf(Sources);
        (Option<string?> Option, string Label)[] options =
        [
            (new("--repo") { Description = "The repository.", HelpName = "R" }, "git_repo"),
            (new("--branch") { Description = "The branch.", HelpName = "B" }, "git_branch"),
            (new("--author") { Description = "Who wrote the commit.", HelpName = "A" }, "git_commit_author"),
            (source, "git_commit_source"),
        ];
        var commit = new Command("commit", "Tie a run to a git commit.") { id, hash };
        foreach (var (option, _) in options)
        {
            commit.Options.Add(option);
        }

        commit.SetAction(parsed =>
        {
            var runId = parsed.GetValue(id)!;
            using (var lookup = RunLookup.Of(parsed))
            {
                lookup.Find(runId);
            }

            var labels = new RunLabels();
            foreach (var (option, label) in options)
            {
                if (parsed.GetValue(option) is { Length: > 0 } text)
                {
                    labels.Add(label, text);
                }
            }

            Record(BaseSettings.FindToRead(parsed).Folder.Path, runId, parsed.GetValue(hash)!, labels);
            return ExitCode.Done;
        });
        return commit;
    }

    private static void Record(string baseDirectory, string runId, string hash, RunLabels labels)
    {
        string? failure = null;
        var client = TelemetryClient.Start(new TelemetryOptions
        {
            Agent = "telemetry",
            Preset = TelemetryPreset.Small,
            BaseDirectory = baseDirectory,
            OnFailure = told => failure ??= told.Message,
        }.WithSinkKits());
        bool isAccepted;
        using (client)
        {
            isAccepted = client.RecordCommit(runId, hash.ToLowerInvariant(), labels).IsAccepted;
        }

        if (!isAccepted || client.Pipeline.Left.InMemory > 0)
        {
            throw new CommandException($"The commit was not recorded: {failure ?? "telemetry is disabled"}", ExitCode.Failed);
        }
    }

    private static bool IsHash(string text) => text.Length is >= ShortestHash and <= LongestHash && text.All(char.IsAsciiHexDigit);
}
