using Akka.Configuration;

namespace TelemetryActors.AkkaNet;

/// <summary>The engine's own HOCON: <c>hocon/reference.conf</c>, a fallback for what a service sets.</summary>
internal static class EngineSettings
{
    public const string FileDispatcher = "telemetryactors.file-dispatcher";

    public static Config Reference { get; } = ConfigurationFactory.FromResource("reference.conf", typeof(EngineSettings).Assembly);
}
