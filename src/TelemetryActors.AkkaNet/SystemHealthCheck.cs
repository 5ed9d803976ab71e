using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TelemetryActors.Hosting;

namespace TelemetryActors.AkkaNet;

/// <summary>Asks the telemetry of the host's actor system, once that has one; never throws.</summary>
internal sealed class SystemHealthCheck(IServiceProvider services) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Look());

    private HealthCheckResult Look()
    {
        try
        {
            return services.GetService<ActorSystem>() is { } system && system.TryGetExtension<SystemTelemetry>(out var telemetry)
                ? TelemetryHealth.Of(telemetry.Client)
                : HealthCheckResult.Unhealthy("The actor system has no telemetry yet: it has not started, or was built without WithTelemetryActors.");
        }
        catch (Exception exception)
        {
            // A host that could not even make its actor system says so elsewhere; who asks for its health gets an answer.
            return HealthCheckResult.Unhealthy($"The actor system is not there: {exception.Message}", exception);
        }
    }
}
