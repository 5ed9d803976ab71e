using TelemetryActors.Delivery;

namespace TelemetryActors.AkkaNet;

/// <summary>A sink threw: its actor gives up, and its supervisor starts it anew.</summary>
internal sealed class SinkFailedException(string sink, Exception cause) : Exception($"The sink {sink} threw: {CleanCause.Of(cause.Message)}", CleanException.Of(cause));
