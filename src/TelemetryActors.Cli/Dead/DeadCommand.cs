using System.CommandLine;
using System.Text.Json;
using TelemetryActors.Browsing;
using TelemetryActors.Cli.Config;
using TelemetryActors.Cli.Output;
using TelemetryActors.Cli.Sinks;
using TelemetryActors.Encoding;
using TelemetryActors.Engine;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;

namespace TelemetryActors.Cli.Dead;

/// <summary><c>telemetry dead</c>: the events that sinks refused for good; look at them, put them back, throw them away.</summary>
internal static class DeadCommand
{
    private const int DefaultLast = 20;

    public static Command Create() => new("dead", "List, show, retry or purge events that sinks refused for good.") { List(), Show(), Retry(), Purge() };

    private static Command List()
    {
        var list = new Command("list", "Count the dead letters by sink and reason.");
        var which = new LetterOptions(list);
        var json = CommonOptions.Json();
        list.Options.Add(json);
        list.SetAction(parsed =>
        {
            List<string> faults = [];
            var groups = Letters(parsed, which, faults)
                .GroupBy(entry => (entry.Sink, entry.Letter.Reason))
                .Select(same => new LetterGroup(same.Key.Sink, same.Key.Reason, same.Count(), same.Min(entry => entry.Letter.At), same.Max(entry => entry.Letter.At)))
                .ToList();
            if (parsed.GetValue(json))
            {
                using var output = new JsonOutput();
                groups.ForEach(group => output.Write(writer => Write(writer, group)));
            }
            else
            {
                var listing = new Listing("SINK", "LETTERS", "OLDEST", "NEWEST", "REASON");
                groups.ForEach(group => listing.Add(group.Sink, Texts.Of(group.Letters), Texts.Of(group.Oldest), Texts.Of(group.Newest), group.Reason));
                listing.Write();
            }

            return Tell(faults);
        });
        return list;
    }

    private static Command Show()
    {
        var show = new Command("show", "Show dead letters with their events, oldest first.");
        var which = new LetterOptions(show);
        var last = CommonOptions.Last(DefaultLast);
        var json = CommonOptions.Json();
        show.Options.Add(last);
        show.Options.Add(json);
        show.SetAction(parsed =>
        {
            List<string> faults = [];
            var found = Letters(parsed, which, faults).Select(entry => (entry.Sink, Letter: entry.Letter with { Event = entry.Letter.Event.ToArray() }))
                .TakeLast(parsed.GetValue(last)).ToList();
            if (parsed.GetValue(json))
            {
                using var output = new JsonOutput();
                found.ForEach(entry => output.Write(writer => Write(writer, entry.Sink, entry.Letter)));
            }
            else
            {
                using var output = StandardOutput.OpenText();
                found.ForEach(entry => Write(output, entry.Sink, entry.Letter));
            }

            TellNone(found.Count);

            return Tell(faults);
        });
        return show;
    }

    private static Command Retry()
    {
        var retry = new Command("retry", "Put dead letters back into delivery to their sink.");
        return Ask(retry, SinkCommandKind.Retry, "deliver {0} dead letters again", new LetterOptions(retry), _ => true);
    }

    private static Command Purge()
    {
        var all = new Option<bool>("--all") { Description = "Every letter of every sink." };
        var purge = new Command("purge", "Throw dead letters away; each counts as dropped.") { all };
        var which = new LetterOptions(purge);
        return Ask(purge, SinkCommandKind.Purge, "throw {0} dead letters away", which, parsed => parsed.GetValue(all) || !which.MeansAll(parsed));
    }

    private static Command Ask(Command command, SinkCommandKind kind, string what, LetterOptions which, Func<ParseResult, bool> isMeant)
    {
        var why = new Option<string?>("--why") { Description = "Kept with the command as the audit trail.", HelpName = "TEXT" };
        command.Options.Add(why);
        command.SetAction(parsed =>
        {
            if (!isMeant(parsed))
            {
                throw new CommandException("Say which letters with --sink, --reason, --since or --id, or say --all.", ExitCode.Usage);
            }

            List<string> faults = [];
            var counts = Letters(parsed, which, faults).GroupBy(entry => entry.Sink).Select(same => (Sink: same.Key, Letters: same.Count())).ToList();
            var start = BaseSettings.FindToRead(parsed);
            foreach (var (sink, letters) in counts)
            {
                OperatorRequest.Send(
                    start,
                    sink,
                    new SinkCommand(kind, OperatorRequest.Who, TimeProvider.System.GetUtcNow(), parsed.GetValue(why)) { Letters = which.Selection(parsed) },
                    string.Format(System.Globalization.CultureInfo.InvariantCulture, what, letters));
            }

            TellNone(counts.Count);

            return Tell(faults);
        });
        return command;
    }

    private static void TellNone(int found)
    {
        if (found == 0)
        {
            StandardError.Tell("there are no such dead letters");
        }
    }

    private static IEnumerable<(string Sink, StoredLetter Letter)> Letters(ParseResult parsed, LetterOptions which, List<string> faults)
    {
        var start = BaseSettings.FindToRead(parsed);
        var browser = new DeadLetterBrowser(DiskFileSystem.Instance, start.Folder.Path);
        var selection = which.Selection(parsed);
        return which.Sinks(parsed, browser, start).SelectMany(sink => browser.Read(sink, selection, faults).Select(letter => (sink, letter)));
    }

    private static void Write(Utf8JsonWriter json, LetterGroup group)
    {
        json.WriteStartObject();
        json.WriteString("sink", group.Sink);
        json.WriteString("reason", group.Reason);
        json.WriteNumber("letters", group.Letters);
        json.WriteString("oldest", InstantText.Format(group.Oldest));
        json.WriteString("newest", InstantText.Format(group.Newest));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string sink, StoredLetter letter)
    {
        json.WriteStartObject();
        json.WriteString("sink", sink);
        json.WriteString("id", letter.Id);
        json.WriteString("ts", InstantText.Format(letter.At));
        json.WriteString("reason", letter.Reason);
        json.WriteNumber("attempt", letter.Attempt);
        json.WriteNumber("slot", letter.Slot);
        json.WritePropertyName("event");
        json.WriteRawValue(letter.Event.IsEmpty ? "null"u8 : letter.Event.Span);
        json.WriteEndObject();
    }

    private static void Write(TextWriter output, string sink, StoredLetter letter)
    {
        output.WriteLine($"{Texts.Of(letter.At)}  {sink}  {letter.Id}  attempt {letter.Attempt}  {PlainText.Of(letter.Reason)}");
        output.WriteLine("    " + (letter.Event.IsEmpty ? "(the event was gone before it could be set aside)" : PlainText.Of(System.Text.Encoding.UTF8.GetString(letter.Event.Span))));
    }

    private static int Tell(List<string> faults)
    {
        faults.ForEach(StandardError.Tell);
        return faults.Count == 0 ? ExitCode.Done : ExitCode.SomeRefused;
    }
}
