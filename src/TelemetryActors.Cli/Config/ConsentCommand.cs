using System.CommandLine;
using System.Globalization;
using TelemetryActors.Configuration;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Config;

/// <summary><c>telemetry consent [grant|deny|show]</c>: the recorded consent to uploads, effective at once in every process of the base directory (S2.61).</summary>
internal static class ConsentCommand
{
    private const int Done = 0;
    private const int Failed = 1;

    /// <param name="variables">The environment; the process's own when null.</param>
    public static Command Create(IReadOnlyDictionary<string, string>? variables = null)
    {
        var show = new Command("show", "Shows what was decided, by whom and when.");
        show.SetAction(parsed => Show(parsed, variables));
        var command = new Command("consent", "Shows, gives or takes back the consent to uploads. Without it nothing is uploaded.")
        {
            show,
            Decide("grant", "Allows uploads of what is recorded from now on.", (store, who) => store.Grant(who), variables),
            Decide("deny", "Forbids uploads from now on.", (store, who) => store.Deny(who), variables),
        };
        command.SetAction(parsed => Show(parsed, variables));
        return command;
    }

    private static Command Decide(
        string name, string description, Func<ConsentStore, string, string?> decide, IReadOnlyDictionary<string, string>? variables)
    {
        var who = new Option<string>("--who") { Description = "Who decides. Default: the user that is logged in.", HelpName = "NAME", DefaultValueFactory = _ => Environment.UserName };
        var command = new Command(name, description) { who };
        command.SetAction(parsed =>
        {
            if (decide(Store(parsed, variables), parsed.GetRequiredValue(who)) is { } fault)
            {
                parsed.InvocationConfiguration.Error.WriteLine($"telemetry: {fault}");
                return Failed;
            }

            return Show(parsed, variables);
        });
        return command;
    }

    private static int Show(ParseResult parsed, IReadOnlyDictionary<string, string>? variables)
    {
        var consent = Store(parsed, variables).Current;
        var output = parsed.InvocationConfiguration.Output;
        output.WriteLine(consent.Who is null
            ? "denied: nobody has decided"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{(consent.IsGranted ? "granted" : "denied")} by {consent.Who} at {consent.When:yyyy-MM-dd'T'HH:mm:ss'Z'}, text version {consent.TextVersion}"));
        if (UploadConsent.DoNotTrack(variables ?? EnvironmentSettings.OfProcess()))
        {
            output.WriteLine($"{UploadConsent.DoNotTrackVariable} is set here: a program with it uploads nothing whatever was decided");
        }

        return Done;
    }

    private static ConsentStore Store(ParseResult parsed, IReadOnlyDictionary<string, string>? variables) =>
        new(DiskFileSystem.Instance, BaseSettings.Find(parsed, variables).Folder.Path, TimeProvider.System);
}
