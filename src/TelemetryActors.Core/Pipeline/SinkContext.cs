namespace TelemetryActors.Pipeline;

/// <summary>What a sink is made with.</summary>
/// <param name="Name">The sink's name in this pipeline.</param>
/// <param name="BaseDirectory">Where the pipeline keeps its files.</param>
/// <param name="Time">The clock.</param>
public sealed record SinkContext(string Name, string BaseDirectory, TimeProvider Time);
