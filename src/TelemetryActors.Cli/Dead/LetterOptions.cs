using System.CommandLine;
using TelemetryActors.Browsing;
using TelemetryActors.Cli.Sinks;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;

namespace TelemetryActors.Cli.Dead;

/// <summary>The options that say which dead letters are meant.</summary>
internal sealed class LetterOptions
{
    private readonly Option<string?> _sink = new("--sink") { Description = "Only letters of this sink.", HelpName = "NAME" };
    private readonly Option<string?> _reason = new("--reason") { Description = "Only letters whose reason contains this.", HelpName = "TEXT" };
    private readonly Option<string?> _id = new("--id") { Description = "Only the letter with this id, as show gives it.", HelpName = "ID" };
    private readonly Option<string?> _since = TimeOption.Create("--since", "Only letters set aside from this time on:");

    public LetterOptions(Command command)
    {
        // A shell variable that is not set would mean every letter there is.
        foreach (var option in new[] { _sink, _reason, _id })
        {
            option.Validators.Add(result =>
            {
                if (result.Tokens.Count > 0 && string.IsNullOrWhiteSpace(result.Tokens[0].Value))
                {
                    result.AddError($"{option.Name} takes a text, not an empty one.");
                }
            });
        }

        command.Options.Add(_sink);
        command.Options.Add(_reason);
        command.Options.Add(_since);
        command.Options.Add(_id);
    }

    public DeadLetterSelection Selection(ParseResult parsed) =>
        new() { Reason = parsed.GetValue(_reason), Since = TimeOption.Read(parsed, _since), Id = parsed.GetValue(_id) };

    /// <summary>Whether nothing is set, so that every letter of every sink is meant.</summary>
    public bool MeansAll(ParseResult parsed) => parsed.GetValue(_sink) is null && Selection(parsed) == new DeadLetterSelection();

    /// <summary>The sinks whose letters are meant.</summary>
    /// <exception cref="CommandException">One was named that has neither worked in the base directory nor left letters there, and that its settings do not ask for.</exception>
    public IReadOnlyList<string> Sinks(ParseResult parsed, DeadLetterBrowser browser, StartSettings start)
    {
        if (parsed.GetValue(_sink) is not { } sink)
        {
            return browser.Sinks();
        }

        if (!browser.Sinks().Contains(sink))
        {
            OperatorRequest.CheckName(start, sink);
        }

        return [sink];
    }
}
