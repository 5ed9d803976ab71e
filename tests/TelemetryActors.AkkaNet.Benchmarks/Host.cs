using Akka.Actor;
using Akka.Configuration;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>An actor system as a service has it.</summary>
internal static class Host
{
    public static ActorSystem Start() =>
        ActorSystem.Create("bench", ConfigurationFactory.ParseString("akka { loglevel = OFF, stdout-loglevel = OFF }").WithFallback(EngineSettings.Reference));

    public static TelemetryClient Start(ActorSystem system, string directory, Action<TelemetryOptions>? configure = null) => TelemetryClient.Start("bench", options =>
    {
        options.BaseDirectory = directory;
        options.TrackSessions = false;
        configure?.Invoke(options);
        options.RunOnActors(system);
    });
}
