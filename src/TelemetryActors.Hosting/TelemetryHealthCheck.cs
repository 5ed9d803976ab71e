using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TelemetryActors.Hosting;

/// <summary>Asks the client's supervisors; touches no disk and no network.</summary>
internal sealed class TelemetryHealthCheck(TelemetryClient client) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(TelemetryHealth.Of(client));
}
