using TelemetryActors;
using TelemetryActors.AkkaNet;

namespace Akka.Hosting;

/// <summary>Adds TelemetryActors to an actor system.</summary>
public static class TelemetryActorsAkkaHostingExtensions
{
    /// <summary>Starts the telemetry with the system and drains it before the system ends; <see cref="SystemTelemetry.For"/> gives the client.</summary>
    /// <param name="builder">The system's builder.</param>
    /// <param name="configure">Changes what the telemetry does; null leaves the recommended defaults.</param>
    public static AkkaConfigurationBuilder WithTelemetryActors(this AkkaConfigurationBuilder builder, Action<TelemetryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder
            .AddHocon(EngineSettings.Reference, HoconAddMode.Append)
            .StartActors((system, registry) =>
            {
                var options = new TelemetryOptions();
                configure?.Invoke(options);
                registry.Register<TelemetryKey>(SystemTelemetry.Start(system, options).Guardian);
            });
    }
}
