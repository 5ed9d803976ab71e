using System.CommandLine;
using TelemetryActors.Cli.Show;

namespace TelemetryActors.Cli;

/// <summary>An option that takes a time: ISO 8601, a day, or how long ago.</summary>
internal static class TimeOption
{
    public static Option<string?> Create(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description + " ISO 8601, or how long ago (45s, 10m, 2h, 3d).", HelpName = "T" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !SinceText.TryParse(result.Tokens[0].Value, TimeProvider.System.GetUtcNow(), out _))
            {
                result.AddError($"{name} takes a time such as 2026-01-31T10:00:00Z, 2026-01-31, 10m, 2h or 3d, not '{result.Tokens[0].Value}'.");
            }
        });
        return option;
    }

    public static DateTimeOffset? Read(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { } text && SinceText.TryParse(text, TimeProvider.System.GetUtcNow(), out var instant) ? instant : null;
}
