using System.CommandLine;
using TelemetryActors.Browsing;

namespace TelemetryActors.Cli.Show;

/// <summary>The options that say which events are asked for.</summary>
internal sealed class FilterOptions
{
    private readonly Option<string?> _run = new("--run") { Description = "Only events of this run.", HelpName = "ID" };
    private readonly Option<string?> _event = new("--event") { Description = "Only events of this name.", HelpName = "NAME" };
    private readonly Option<string?> _since = TimeOption.Create("--since", "Only events from this time on:");

    public FilterOptions(Command command)
    {
        command.Options.Add(_run);
        command.Options.Add(_event);
        command.Options.Add(_since);
    }

    public EventFilter Read(ParseResult parsed) => new(parsed.GetValue(_run), parsed.GetValue(_event), TimeOption.Read(parsed, _since));
}
