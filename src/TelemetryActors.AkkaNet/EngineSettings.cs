using Akka.Actor;
using Akka.Configuration;

namespace TelemetryActors.AkkaNet;

/// <summary>The engine's own HOCON: <c>hocon/reference.conf</c>, a fallback for what a service sets.</summary>
internal static class EngineSettings
{
    /// <summary>The threads of the telemetry's actors and streams, which nobody else uses.</summary>
    public const string Dispatcher = "telemetryactors.dispatcher";

    public static Config Reference { get; } = ConfigurationFactory.FromResource("reference.conf", typeof(EngineSettings).Assembly);

    /// <summary>A child's, on the threads that its parent is on.</summary>
    public static Props Beside(this Props child, IActorContext parent) => child.WithDispatcher(parent.Props.Dispatcher);
}
