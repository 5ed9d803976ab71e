using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TelemetryActors.AkkaNet;

namespace Akka.Hosting;

/// <summary>The report of an actor system's telemetry as a health check of the host.</summary>
public static class TelemetryActorsAkkaHealthExtensions
{
    /// <summary>Adds it for a service whose telemetry came with <c>WithTelemetryActors</c> alone; where the host has a client, <c>AddTelemetryActors</c> says the same.</summary>
    /// <remarks>Degraded while a sink hangs, cannot say what it has, or is open, paused or misconfigured; unhealthy while the event log is, or stands still for 30 s, before the system has its telemetry, and when that has ended.</remarks>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="name">What it is called there.</param>
    /// <param name="tags">For choosing among checks.</param>
    public static IHealthChecksBuilder AddAkkaTelemetryActors(this IHealthChecksBuilder builder, string name = "telemetry", params IEnumerable<string> tags)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(name, services => new SystemHealthCheck(services), failureStatus: null, tags));
    }
}
