using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Json;
using TelemetryActors.Benchmarks.Events;

namespace TelemetryActors.Benchmarks.Contenders;

/// <summary>Writes the line that every row writes with Serilog's own value formatter; its stock JSON is longer and slower.</summary>
internal sealed class SerilogLineFormatter : ITextFormatter
{
    private static readonly string[] Details = ["seq", "tool", "duration_ms", "tokens", "ok", "target"];
    private readonly JsonValueFormatter _values = new(typeTagName: null);

    /// <summary>Hands an event to a logger the way a program would.</summary>
    public static void Write(Serilog.Core.Logger logger, in BenchEvent e) => logger.Write(
        Level(e.Level),
        "{event} of {run_id}: {seq} {tool} {duration_ms} {tokens} {ok} {target}",
        e.Name, e.RunId, e.Seq, e.Tool, e.DurationMs, e.Tokens, e.Ok, e.Target);

    /// <inheritdoc/>
    public void Format(LogEvent logEvent, TextWriter output)
    {
        Span<char> timestamp = stackalloc char[32];
        logEvent.Timestamp.UtcDateTime.TryFormat(timestamp, out var length, "yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
        output.Write("{\"ts\":\"");
        output.Write(timestamp[..length]);
        output.Write("\",\"event\":");
        _values.Format(logEvent.Properties["event"], output);
        output.Write(",\"details\":{");
        for (var i = 0; i < Details.Length; i++)
        {
            output.Write(i == 0 ? "\"" : ",\"");
            output.Write(Details[i]);
            output.Write("\":");
            _values.Format(logEvent.Properties[Details[i]], output);
        }

        output.Write("},\"level\":\"");
        output.Write(LevelName(logEvent.Level));
        output.Write("\",\"run_id\":");
        _values.Format(logEvent.Properties["run_id"], output);
        output.Write("}\n");
    }

    private static LogEventLevel Level(BenchLevel level) => level switch
    {
        BenchLevel.Debug => LogEventLevel.Debug,
        BenchLevel.Info => LogEventLevel.Information,
        BenchLevel.Warning => LogEventLevel.Warning,
        _ => LogEventLevel.Error,
    };

    private static string LevelName(LogEventLevel level) => level switch
    {
        LogEventLevel.Debug => "debug",
        LogEventLevel.Information => "info",
        LogEventLevel.Warning => "warning",
        _ => "error",
    };
}
