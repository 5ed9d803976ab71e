using System.CommandLine;
using TelemetryActors.Configuration;

namespace TelemetryActors.Cli.Config;

/// <summary><c>telemetry config [get KEY|set KEY VALUE|unset KEY]</c>: each setting with its origin, and the base directory's own (S3.22).</summary>
internal static class ConfigCommand
{
    private const int Done = 0;
    private const int Wrong = 2;

    /// <param name="variables">The environment; the process's own when null.</param>
    public static Command Create(IReadOnlyDictionary<string, string>? variables = null)
    {
        var json = new Option<bool>("--json") { Description = "Write JSON instead of text for people.", Recursive = true };
        var command = new Command("config", "Show every setting and where it comes from; get, set and unset change the base directory's config.json.") { json, Get(json, variables), Set(variables), Unset(variables) };
        command.SetAction(parsed =>
        {
            var start = BaseSettings.Find(parsed, variables);
            ConfigText.WriteAll(parsed.InvocationConfiguration.Output, start.Resolved, parsed.GetValue(json));
            foreach (var fault in start.Resolved.Faults)
            {
                parsed.InvocationConfiguration.Error.WriteLine($"telemetry: {fault}");
            }

            return start.Resolved.Faults.Count == start.Resolved.Unknown.Count ? Done : Wrong;
        });
        return command;
    }

    private static Command Get(Option<bool> json, IReadOnlyDictionary<string, string>? variables)
    {
        var key = Key();
        var command = new Command("get", "Show one setting.") { key };
        command.SetAction(parsed =>
        {
            if (BaseSettings.Table.Find(parsed.GetRequiredValue(key)) is not { } setting)
            {
                return Refuse(parsed, $"{parsed.GetRequiredValue(key)} is not a setting");
            }

            var value = BaseSettings.Find(parsed, variables).Resolved.Values.First(value => value.Path == setting.Path);
            ConfigText.WriteOne(parsed.InvocationConfiguration.Output, value, parsed.GetValue(json));
            return Done;
        });
        return command;
    }

    private static Command Set(IReadOnlyDictionary<string, string>? variables)
    {
        var key = Key();
        var value = new Argument<string>("VALUE") { Description = "Its new value." };
        var command = new Command("set", "Set a setting in the base directory's config.json, for clients that start from now on; those that run follow `enabled`.") { key, value };
        command.SetAction(parsed => Change(parsed, variables, parsed.GetRequiredValue(key), parsed.GetRequiredValue(value)));
        return command;
    }

    private static Command Unset(IReadOnlyDictionary<string, string>? variables)
    {
        var key = Key();
        var command = new Command("unset", "Take a setting out of the base directory's config.json.") { key };
        command.SetAction(parsed => Change(parsed, variables, parsed.GetRequiredValue(key), text: null));
        return command;
    }

    private static int Change(ParseResult parsed, IReadOnlyDictionary<string, string>? variables, string key, string? text)
    {
        if (BaseSettings.Change(BaseSettings.Find(parsed, variables).Folder, key, text) is { } fault)
        {
            return Refuse(parsed, fault);
        }

        if (BaseSettings.Table.Find(key) is not { } setting)
        {
            return Done;
        }

        var now = BaseSettings.Find(parsed, variables).Resolved.Values.First(value => value.Path == setting.Path);
        if (text is not null && now.Origin != SettingOrigin.File)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"telemetry: {setting.Path} is set, and {now.Value} from {ConfigText.NameOf(now.Origin)} still wins");
        }

        return Done;
    }

    private static Argument<string> Key() => new("KEY") { Description = "The setting's name, for instance log.fsync." };

    private static int Refuse(ParseResult parsed, string reason)
    {
        parsed.InvocationConfiguration.Error.WriteLine($"telemetry: {reason}");
        return Wrong;
    }
}
