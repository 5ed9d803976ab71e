using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;

namespace TelemetryActors.AkkaNet;

/// <summary>Lets a client's pipeline run as actors.</summary>
public static class TelemetryActorsOptionsExtensions
{
    /// <summary>The pipeline runs in the host's actor system; the host's services give the client as ever.</summary>
    /// <remarks>For <c>services.AddTelemetryActors(t => t.RunOnActors())</c> beside <c>services.AddAkka("agents", akka => akka.WithTelemetryActors())</c>.</remarks>
    public static TelemetryOptions RunOnActors(this TelemetryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ConfigureInHost = (host, services) => host.RunOnActors(services.GetService<ActorSystem>() ?? throw new InvalidOperationException(
            "RunOnActors needs the host's actor system, and its services have none: write services.AddAkka(\"name\", akka => akka.WithTelemetryActors()) as well."));
        return options;
    }

    /// <summary>The pipeline runs in this actor system. Several clients may run in one.</summary>
    /// <remarks>End the client before the system: what its actors have not written by then stays in the ring for the next start.</remarks>
    public static TelemetryOptions RunOnActors(this TelemetryOptions options, ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(system);
        var relay = new RunLineRelay();
        options.OnRunLine = relay.Tell;
        options.Engine = (pipeline, environment) => new AkkaEngine(system, pipeline, environment, relay);
        return options;
    }
}
