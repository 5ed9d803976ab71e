using NLog;
using NLog.Config;
using NLog.Layouts;
using NLog.Targets;
using NLog.Targets.Wrappers;
using TelemetryActors.Benchmarks.Events;
using TelemetryActors.Benchmarks.Files;

namespace TelemetryActors.Benchmarks.Contenders;

/// <summary>NLog's async wrapper around its file target with its JSON layout, set so that it waits for room and loses nothing.</summary>
internal sealed class NLogAsync : IContender
{
    private readonly LogFactory _factory = new() { ThrowExceptions = true };
    private Logger _logger = null!;
    private string _path = "";

    /// <inheritdoc/>
    public void Open(string directory, int producers)
    {
        _path = DurableFile.PathIn(directory);
        var file = new FileTarget { FileName = Layout.FromLiteral(_path), Layout = Line(), LineEnding = LineEndingMode.LF, AutoFlush = false };
        var configuration = new LoggingConfiguration(_factory);
        configuration.AddRule(
            LogLevel.Debug,
            LogLevel.Fatal,
            new AsyncTargetWrapper(file) { Name = "async", OverflowAction = AsyncTargetWrapperOverflowAction.Block });
        _factory.Configuration = configuration;
        _logger = _factory.GetLogger("benchmark");
    }

    /// <inheritdoc/>
    public void Write(int producer, in BenchEvent e) => _logger.Log(
        Level(e.Level),
        "{event} of {run_id}: {seq} {tool} {duration_ms} {tokens} {ok} {target}",
        e.Name, e.RunId, e.Seq, e.Tool, e.DurationMs, e.Tokens, e.Ok, e.Target);

    /// <inheritdoc/>
    public void Close()
    {
        _factory.Shutdown();
        DurableFile.Sync(_path);
    }

    private static JsonLayout Line()
    {
        var details = new JsonLayout { IncludeEventProperties = true, SuppressSpaces = true };
        details.ExcludeProperties.Add("event");
        details.ExcludeProperties.Add("run_id");
        return new JsonLayout
        {
            SuppressSpaces = true,
            Attributes =
            {
                new JsonAttribute("ts", "${date:universalTime=true:format=yyyy-MM-ddTHH\\:mm\\:ss.ffffffZ}"),
                new JsonAttribute("event", "${event-properties:event}"),
                new JsonAttribute("details", details, encode: false),
                new JsonAttribute("level", "${level:lowercase=true}"),
                new JsonAttribute("run_id", "${event-properties:run_id}"),
            },
        };
    }

    private static LogLevel Level(BenchLevel level) => level switch
    {
        BenchLevel.Debug => LogLevel.Debug,
        BenchLevel.Info => LogLevel.Info,
        BenchLevel.Warning => LogLevel.Warn,
        _ => LogLevel.Error,
    };
}
