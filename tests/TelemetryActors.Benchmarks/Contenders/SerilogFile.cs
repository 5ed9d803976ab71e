using Serilog;
using Serilog.Core;
using TelemetryActors.Benchmarks.Events;
using TelemetryActors.Benchmarks.Files;

namespace TelemetryActors.Benchmarks.Contenders;

/// <summary>Serilog's file sink on the caller's thread, buffered or flushed to the operating system at each event.</summary>
internal sealed class SerilogFile(bool buffered) : IContender
{
    private Logger _logger = null!;
    private string _path = "";

    /// <inheritdoc/>
    public void Open(string directory, int producers)
    {
        _path = DurableFile.PathIn(directory);
        _logger = new LoggerConfiguration()
            .MinimumLevel.Debug()
            .WriteTo.File(new SerilogLineFormatter(), _path, fileSizeLimitBytes: null, buffered: buffered)
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
