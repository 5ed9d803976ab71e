using System.CommandLine;
using TelemetryActors.Browsing;

namespace TelemetryActors.Cli.Show;

/// <summary>The options that say which events are asked for.</summary>
internal sealed class FilterOptions
{
    private readonly Option<string?> _run = new("--run") { Description = "Only events of this run.", HelpName = "ID" };
    private readonly Option<string?> _event = new("--event") { Description = "Only events of this name.", HelpName = "NAME" };
    private readonly Option<string?> _since = new("--since")
    {
        Description = "Only events from this time on: ISO 8601, or how long ago (45s, 10m, 2h, 3d).",
        HelpName = "T",
    };

    public FilterOptions(Command command)
    {
        _since.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !SinceText.TryParse(result.Tokens[0].Value, TimeProvider.System.GetUtcNow(), out _))
            {
                result.AddError($"--since takes a time such as 2026-01-31T10:00:00Z, 2026-01-31, 10m, 2h or 3d, not '{result.Tokens[0].Value}'.");
            }
        });
        command.Options.Add(_run);
        command.Options.Add(_event);
        command.Options.Add(_since);
    }

    public EventFilter Read(ParseResult parsed)
    {
        DateTimeOffset? since = parsed.GetValue(_since) is { } text && SinceText.TryParse(text, TimeProvider.System.GetUtcNow(), out var instant)
            ? instant
            : null;
        return new EventFilter(parsed.GetValue(_run), parsed.GetValue(_event), since);
    }
}
