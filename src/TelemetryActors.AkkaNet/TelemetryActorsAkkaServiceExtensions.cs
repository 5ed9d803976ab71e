using Microsoft.Extensions.DependencyInjection;
using TelemetryActors;
using TelemetryActors.AkkaNet;

namespace Akka.Hosting;

/// <summary>Adds an actor system with telemetry to a host's services.</summary>
public static class TelemetryActorsAkkaServiceExtensions
{
    /// <summary>Adds an actor system and the host's one <see cref="TelemetryClient"/>, which runs on it and which the services give to whoever asks for it.</summary>
    /// <remarks>
    /// The same as <c>AddTelemetryActors(t => t.RunOnActors())</c> with <c>AddAkka(name, akka => akka.WithTelemetryActors())</c>. What <c>AddAkka</c> is given runs when
    /// the services are there already and cannot be added to: <c>WithTelemetryActors</c> by itself brings no client into them.
    /// </remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="actorSystemName">The system's name.</param>
    /// <param name="akka">Configures the system, after its telemetry: <c>akka => akka.WithClustering().WithTelemetryCollector()</c>.</param>
    /// <param name="telemetry">Adds sinks and sets options.</param>
    public static IServiceCollection AddAkkaTelemetryActors(
        this IServiceCollection services, string actorSystemName, Action<AkkaConfigurationBuilder>? akka = null, Action<TelemetryOptions>? telemetry = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services
            .AddTelemetryActors(options =>
            {
                options.RunOnActors();
                telemetry?.Invoke(options);
            })
            .AddAkka(actorSystemName, builder =>
            {
                builder.WithTelemetryActors();
                akka?.Invoke(builder);
            });
    }
}
