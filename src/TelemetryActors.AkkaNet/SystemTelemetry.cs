using Akka;
using Akka.Actor;

namespace TelemetryActors.AkkaNet;

/// <summary>The telemetry of an actor system, as its extension: started with the system, drained before the system ends.</summary>
public sealed class SystemTelemetry : IExtension
{
    private SystemTelemetry(ActorSystem system, TelemetryOptions options)
    {
        AkkaEngine? engine = null;
        options.Engine = (pipeline, environment) => engine = new AkkaEngine(system, pipeline, environment);
        Client = TelemetryClient.Start(options);

        // The engine comes up on a thread of its own; asking for its sinks waits for it.
        _ = Client.Sinks;
        Guardian = engine!.Guardian;
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "drain-telemetry", DrainAsync);
    }

    /// <summary>What an application records with.</summary>
    public TelemetryClient Client { get; }

    /// <summary>The root of the telemetry's actors.</summary>
    public IActorRef Guardian { get; }

    /// <summary>The telemetry that was started with a system.</summary>
    /// <exception cref="ArgumentException">None was.</exception>
    public static SystemTelemetry For(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.TryGetExtension<SystemTelemetry>(out var telemetry)
            ? telemetry
            : throw new ArgumentException($"The actor system {system.Name} was not started with WithTelemetryActors.", nameof(system));
    }

    internal static SystemTelemetry Start(ActorSystem system, TelemetryOptions options) =>
        (SystemTelemetry)system.RegisterExtension(new Starter(options));

    private async Task<Done> DrainAsync()
    {
        await Client.DisposeAsync();
        return Done.Instance;
    }

    private sealed class Starter(TelemetryOptions options) : ExtensionIdProvider<SystemTelemetry>
    {
        public override SystemTelemetry CreateExtension(ExtendedActorSystem system) => new(system, options);
    }
}
