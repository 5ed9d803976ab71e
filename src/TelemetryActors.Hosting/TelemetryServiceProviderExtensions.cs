using TelemetryActors;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Finds the client of a host.</summary>
public static class TelemetryServiceProviderExtensions
{
    /// <summary>The host's client.</summary>
    /// <exception cref="InvalidOperationException">The host has none; the message says how to add it (S2.57).</exception>
    /// <exception cref="ObjectDisposedException">The host has ended.</exception>
    public static TelemetryClient GetTelemetry(this IServiceProvider services) =>
        services.GetService<TelemetryClient>()
        ?? throw new InvalidOperationException("This host has no telemetry: call services.AddTelemetryActors() where the host is built.");
}
