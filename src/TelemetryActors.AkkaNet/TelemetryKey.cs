namespace TelemetryActors.AkkaNet;

/// <summary>The key under which an application's actor registry holds the root of the telemetry's actors.</summary>
public sealed class TelemetryKey
{
    private TelemetryKey()
    {
    }
}
