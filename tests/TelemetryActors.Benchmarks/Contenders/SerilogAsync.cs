using Serilog;
using Serilog.Core;
using TelemetryActors.Benchmarks.Events;
using TelemetryActors.Benchmarks.Files;

namespace TelemetryActors.Benchmarks.Contenders;

/// <summary>Serilog's async wrapper around its file sink, set so that it waits for room and loses nothing.</summary>
internal sealed class SerilogAsync : IContender
{
    private Logger _logger = null!;
    private string _path = "";

    /// <inheritdoc/>
    public void Open(string directory, int producers)
    {
        _path = DurableFile.PathIn(directory);
        _logger = new LoggerConfiguration()
            .MinimumLevel.Debug()
            .WriteTo.Async(
                a => a.File(new SerilogLineFormatter(), _path, fileSizeLimitBytes: null, buffered: true),
                blockWhenFull: true)
            .CreateLogger();
    }

    /// <inheritdoc/>
    public void Write(int producer, in BenchEvent e) => SerilogLineFormatter.Write(_logger, e);

    /// <inheritdoc/>
    public void Close()
    {
        _logger.Dispose();
        DurableFile.Sync(_path);
    }
}
