using System.Text.Json;
using TelemetryActors.Encoding;
using TelemetryActors.Runs;

namespace TelemetryActors.Sinks.Community;

/// <summary>What one version did in one hour: sums, so that a receiver adds up what reports say (S1.9).</summary>
internal sealed class CommunityCounts
{
    private const string Other = "other";
    private static readonly string[] TypeKeys = ["exception_type", "error_type", "exception", "type"];

    private readonly SortedDictionary<string, long> _runs = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _errorTypes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _crashTypes = new(StringComparer.Ordinal);
    private long _events;
    private long _sessions;
    private long _runsStarted;
    private long _errors;
    private long _crashes;

    /// <summary>Counts an event as often as it stands for others.</summary>
    /// <param name="line">The event.</param>
    /// <param name="newTypes">How many further names of types the report may hold; lowered by each new one.</param>
    public void Add(in EventLine line, ref int newTypes)
    {
        var weight = line.Weight;
        _events += weight;
        if (line.EventIs("session.start"u8))
        {
            _sessions += weight;
        }
        else if (line.EventIs("run_start"u8))
        {
            _runsStarted += weight;
        }
        else if (line.EventIs("run_end"u8))
        {
            using var details = RunDetails.Of(line);
            Increment(_runs, RunStatusText.TryParse(details.Text(RunEvents.Status), out var status) ? status.ToText() : Other, weight);
        }

        var isCrash = IsCrash(line);
        if (isCrash || IsError(line))
        {
            AddError(line, isCrash, weight, ref newTypes);
        }
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("events", _events);
        json.WriteNumber("sessions", _sessions);
        json.WriteNumber("runs_started", _runsStarted);
        Write(json, "runs_ended", _runs);
        json.WriteNumber("errors", _errors);
        Write(json, "error_types", _errorTypes);
        json.WriteNumber("crashes", _crashes);
        Write(json, "crash_types", _crashTypes);
    }

    private static bool IsCrash(in EventLine line) =>
        line.EventIs("crash"u8) || line.EventIs("app.crash"u8) || line.EventIs("runtime_error"u8);

    private static bool IsError(in EventLine line) => line.Level is "error" or "critical" || line.EventIs("error.captured"u8);

    private void AddError(in EventLine line, bool isCrash, long weight, ref int newTypes)
    {
        using var details = RunDetails.Of(line);
        var type = TypeKeys.Select(details.Text).FirstOrDefault(text => text is not null);
        _errors += weight;
        Increment(_errorTypes, Named(_errorTypes, type, ref newTypes), weight);
        if (isCrash)
        {
            _crashes += weight;
            Increment(_crashTypes, Named(_crashTypes, type, ref newTypes), weight);
        }
    }

    // Only what is the name of a type goes by its name: anything else could be about somebody.
    private static string Named(SortedDictionary<string, long> types, string? type, ref int newTypes)
    {
        if (type is null || !ErrorTypeName.Is(type))
        {
            return Other;
        }

        if (types.ContainsKey(type))
        {
            return type;
        }

        newTypes--;
        return newTypes < 0 ? Other : type;
    }

    private static void Increment(SortedDictionary<string, long> counts, string name, long by) => counts[name] = counts.GetValueOrDefault(name) + by;

    private static void Write(Utf8JsonWriter json, string name, SortedDictionary<string, long> counts)
    {
        json.WriteStartObject(name);
        foreach (var (key, count) in counts)
        {
            json.WriteNumber(key, count);
        }

        json.WriteEndObject();
    }
}
