using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Sinks.Console;

/// <summary>Defines the console sink.</summary>
public static class ConsoleSinkRegistration
{
    /// <summary>The sink's name unless another is given.</summary>
    public const string DefaultName = "console";

    /// <summary>A sink that starts at the tail and keeps no state.</summary>
    public static SinkDefinition Define(ConsoleSinkOptions options, string name = DefaultName) =>
        new(name, SinkPolicies.Console, _ => new ConsoleSink(options)) { State = KeptState.None };
}
