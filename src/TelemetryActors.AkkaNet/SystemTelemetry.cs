using Akka;
using Akka.Actor;

namespace TelemetryActors.AkkaNet;

/// <summary>The telemetry of an actor system, as its extension: there as soon as the system's actors start, drained before the system ends.</summary>
/// <remarks>
/// A coordinated shutdown takes no more batches before the cluster's shards are handed over, and drains when only the system itself is left to end. What actors say
/// later, in their <c>PostStop</c>, goes into the event log alone; the other sinks find it there at the next start. The client ends when all of them have ended, the host's own as well: what a
/// service says that ends after the system - one that is registered before <c>AddAkka</c>, for a host ends its services in reverse - is refused and counted.
/// </remarks>
public sealed class SystemTelemetry : IExtension
{
    private SystemTelemetry(ExtendedActorSystem system, TelemetryClient client)
    {
        Client = client;

        // The engine comes up on a thread of its own; asking for it waits for it. One that could not start has told why, and must not keep the service from starting.
        Guardian = client.Pipeline.Engine switch
        {
            AkkaEngine engine => engine.Guardian,
            null => system.DeadLetters,
            _ => throw new InvalidOperationException(
                $"The telemetry of the actor system {system.Name} runs on threads: write services.AddTelemetryActors(t => t.RunOnActors())."),
        };
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeClusterShutdown, "telemetry-takes-no-more", StopTakingAsync);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "drain-telemetry", DrainAsync);
        system.SystemActorOf(LastWordsActor.Props(client).WithDispatcher(EngineSettings.Dispatcher), "telemetry-last-words");
    }

    /// <summary>What an application records with.</summary>
    public TelemetryClient Client { get; }

    /// <summary>The root of the telemetry's actors; takes what is told to the node's own runs.</summary>
    public IActorRef Guardian { get; }

    /// <summary>The telemetry that was started with a system.</summary>
    /// <exception cref="ArgumentException">None was, or is yet: actors start in the order of the calls.</exception>
    public static SystemTelemetry For(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.TryGetExtension<SystemTelemetry>(out var telemetry)
            ? telemetry
            : throw new ArgumentException($"The actor system {system.Name} has no telemetry: call WithTelemetryActors before WithTelemetryCollector, WithActors and whatever else asks for it.", nameof(system));
    }

    /// <summary>Makes a running client the system's telemetry.</summary>
    /// <exception cref="InvalidOperationException">The system has one, or the client does not run on actors.</exception>
    internal static SystemTelemetry Attach(ActorSystem system, Func<TelemetryClient> client)
    {
        if (system.HasExtension<SystemTelemetry>())
        {
            throw new InvalidOperationException($"The actor system {system.Name} has its telemetry: WithTelemetryActors was called twice, or behind WithTelemetryAgent, which brings it. Put all into one call.");
        }

        return (SystemTelemetry)system.RegisterExtension(new Starter(client()));
    }

    private Task<Done> StopTakingAsync()
    {
        Guardian.Tell(new BufferProtocol.StopTaking());
        return Task.FromResult(Done.Instance);
    }

    private async Task<Done> DrainAsync()
    {
        await Client.Pipeline.EndEngineAsync();
        return Done.Instance;
    }

    private sealed class Starter(TelemetryClient client) : ExtensionIdProvider<SystemTelemetry>
    {
        public override SystemTelemetry CreateExtension(ExtendedActorSystem system) => new(system, client);
    }
}
