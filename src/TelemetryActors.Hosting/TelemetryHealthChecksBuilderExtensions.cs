using TelemetryActors.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The supervisors' report as a health check of the host.</summary>
public static class TelemetryHealthChecksBuilderExtensions
{
    /// <summary>Adds it: degraded while a sink hangs, cannot say what it has, or is open, paused or misconfigured, unhealthy while the event log is, or stands still for 30 s, and when the telemetry has ended; data name sink, cause and until when.</summary>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="name">What it is called there.</param>
    /// <param name="tags">For choosing among checks.</param>
    public static IHealthChecksBuilder AddTelemetryActors(this IHealthChecksBuilder builder, string name = "telemetry", params IEnumerable<string> tags) =>
        builder.AddCheck<TelemetryHealthCheck>(name, failureStatus: null, tags);
}
