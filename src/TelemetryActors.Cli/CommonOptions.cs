using System.CommandLine;
using TelemetryActors.Slots;

namespace TelemetryActors.Cli;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    /// <summary>The base directory; null when the environment or the platform's list decides.</summary>
    public static Option<string?> Base { get; } = new("--base")
    {
        Description = $"The base directory. Default: {BaseFolder.Variable}, else the platform's.",
        HelpName = "DIR",
        Recursive = true,
    };

    /// <summary>Lets an option take some words alone.</summary>
    public static void TakesOneOf<T>(this Option<T> option, params IEnumerable<string> words) => option.Validators.Add(result =>
    {
        if (result.Tokens is [var given, ..] && !words.Contains(given.Value))
        {
            result.AddError($"{option.Name} takes one of {string.Join(", ", words)}, not '{given.Value}'.");
        }
    });

    public static Option<bool> Json() => new("--json") { Description = "Write JSON instead of text for people." };

    public static Option<int> Last(int standard)
    {
        var option = new Option<int>("--last")
        {
            Description = "Only the newest N.",
            HelpName = "N",
            DefaultValueFactory = _ => standard,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var count) || count < 0))
            {
                result.AddError($"--last takes a number from 0 to {int.MaxValue}, not '{result.Tokens[0].Value}'.");
            }
        });
        return option;
    }
}
