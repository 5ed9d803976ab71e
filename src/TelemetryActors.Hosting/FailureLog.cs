using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TelemetryActors.Hosting;

/// <summary>Tells the host's logger of each failure of the telemetry, under the category <c>TelemetryActors</c>.</summary>
/// <remarks>Thread-safe. At most <see cref="MostAMinute"/> lines a minute; how many were left out stands in the next one. The logger is asked for at the first failure.</remarks>
internal sealed partial class FailureLog(IServiceProvider provider, TimeProvider time)
{
    public const int MostAMinute = 10;
    private const string Category = "TelemetryActors";
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private ILogger? _log;
    private long _begun;
    private int _told;
    private int _leftOut;

    /// <summary>A listener that logs, and then calls the user's own.</summary>
    public Action<TelemetryFailure> Beside(Action<TelemetryFailure>? listener) => failure =>
    {
        Tell(failure);
        listener?.Invoke(failure);
    };

    private void Tell(TelemetryFailure failure)
    {
        ILogger log;
        int leftOut;
        lock (_gate)
        {
            if (_told == 0 || time.GetElapsedTime(_begun) >= Span)
            {
                (_begun, _told) = (time.GetTimestamp(), 0);
            }

            if (_told == MostAMinute)
            {
                _leftOut++;
                return;
            }

            _told++;
            (leftOut, _leftOut) = (_leftOut, 0);
            log = _log ??= Logger();
        }

        if (leftOut > 0)
        {
            LeftOut(log, leftOut);
        }

        Failed(log, failure.Where, failure.Message, failure.Exception);
    }

    // A host that ends while something fails has no services left.
    private ILogger Logger()
    {
        try
        {
            return provider.GetService<ILoggerFactory>()?.CreateLogger(Category) ?? NullLogger.Instance;
        }
        catch (ObjectDisposedException)
        {
            return NullLogger.Instance;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "telemetry, {Where}: {What}")]
    private static partial void Failed(ILogger log, string where, string what, Exception? exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "telemetry: {Count} failures were not logged")]
    private static partial void LeftOut(ILogger log, int count);
}
