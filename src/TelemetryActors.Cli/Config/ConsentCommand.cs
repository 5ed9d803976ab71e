using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using TelemetryActors.Configuration;
using TelemetryActors.Encoding;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Config;

/// <summary><c>telemetry consent [grant|deny|show|text]</c>: the recorded consent to uploads, effective at once in every process of the base directory (S2.61).</summary>
internal static class ConsentCommand
{
    private const int Done = 0;
    private const int Failed = 1;

    /// <param name="variables">The environment; the process's own when null.</param>
    public static Command Create(IReadOnlyDictionary<string, string>? variables = null)
    {
        var json = new Option<bool>("--json") { Description = "Write JSON instead of text for people.", Recursive = true };
        var show = new Command("show", "Show what was decided, by whom and when.");
        show.SetAction(parsed => Show(parsed, json, variables));
        var text = new Command("text", "Print what one agrees to: what is sent, what is not, to whom, and how to take it back.");
        text.SetAction(parsed => PrintText(parsed, json));
        var command = new Command("consent", "Show, give or take back the consent to http upload, community reports and run posting. Without it none of them connects; your own bucket needs none.")
        {
            json,
            show,
            text,
            Decide("grant", "Print the text and allow these uploads, of what is recorded from now on.", (store, who) => store.Grant(who), showsText: true, json, variables),
            Decide("deny", "Forbid them from now on.", (store, who) => store.Deny(who), showsText: false, json, variables),
        };
        command.SetAction(parsed => Show(parsed, json, variables));
        return command;
    }

    private static Command Decide(
        string name, string description, Func<ConsentStore, string, string?> decide, bool showsText, Option<bool> json, IReadOnlyDictionary<string, string>? variables)
    {
        var who = new Option<string>("--who") { Description = "Who decides. Default: the user that is logged in.", HelpName = "NAME", DefaultValueFactory = _ => Environment.UserName };
        who.Validators.Add(result =>
        {
            if (result.Tokens is [var given, ..] && string.IsNullOrWhiteSpace(given.Value))
            {
                result.AddError("--who takes a name.");
            }
        });
        var command = new Command(name, description) { who };
        command.SetAction(parsed =>
        {
            // Before it is recorded, so that nobody is recorded to have agreed to what was not shown.
            if (showsText)
            {
                (parsed.GetValue(json) ? parsed.InvocationConfiguration.Error : parsed.InvocationConfiguration.Output).WriteLine(ConsentText.Current);
            }

            if (decide(Store(parsed, variables), parsed.GetRequiredValue(who)) is { } fault)
            {
                parsed.InvocationConfiguration.Error.WriteLine($"telemetry: {fault}");
                return Failed;
            }

            return Show(parsed, json, variables);
        });
        return command;
    }

    private static int PrintText(ParseResult parsed, Option<bool> json)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (!parsed.GetValue(json))
        {
            output.Write(ConsentText.Current);
            return Done;
        }

        output.WriteLine(ConfigText.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("text_version", ConsentText.Version);
            writer.WriteString("text_sha256", ConsentText.Sha256);
            writer.WriteString("text", ConsentText.Current);
            writer.WriteEndObject();
        }));
        return Done;
    }

    private static int Show(ParseResult parsed, Option<bool> json, IReadOnlyDictionary<string, string>? variables)
    {
        var consent = Store(parsed, variables).Current;
        var isOverruled = UploadConsent.DoNotTrack(variables ?? EnvironmentSettings.OfProcess());
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(json))
        {
            output.WriteLine(ConfigText.Json(writer => Write(writer, consent, isOverruled)));
            return Done;
        }

        output.WriteLine(consent.Who is null
            ? "denied: nobody has decided"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{(consent.IsGranted ? "granted" : "denied")} by {consent.Who} at {consent.When:yyyy-MM-dd'T'HH:mm:ss'Z'}, text version {consent.TextVersion}"));
        if (consent.Who is null || consent.TextVersion != ConsentText.Version)
        {
            output.WriteLine($"`telemetry consent text` shows the text, version {ConsentText.Version}");
        }

        if (isOverruled)
        {
            output.WriteLine($"{UploadConsent.DoNotTrackVariable} is set here: a program with it uploads nothing whatever was decided");
        }

        return Done;
    }

    // Who, when and version are null while nobody has decided.
    private static void Write(Utf8JsonWriter writer, ConsentRecord consent, bool isOverruled)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("granted", consent.IsGranted);
        writer.WriteString("who", consent.Who);
        writer.WriteString("when", consent.When is { } when ? InstantText.Format(when) : null);
        writer.WriteString("text_version", consent.TextVersion);
        writer.WriteString("text_sha256", consent.TextSha256);
        writer.WriteString("current_text_version", ConsentText.Version);
        writer.WriteBoolean("do_not_track", isOverruled);
        writer.WriteEndObject();
    }

    private static ConsentStore Store(ParseResult parsed, IReadOnlyDictionary<string, string>? variables)
    {
        var start = BaseSettings.Find(parsed, variables);
        return new(DiskFileSystem.Instance, start.Folder.Path, TimeProvider.System, new SlotTails(DiskFileSystem.Instance, start.Folder.Path, start.Options.Log.File), start.Options.Redaction);
    }
}
