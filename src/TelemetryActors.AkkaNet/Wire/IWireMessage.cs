namespace TelemetryActors.AkkaNet.Wire;

/// <summary>Leaves the process, over the wire or into a journal: written by <see cref="WireSerializer"/>, documented in <c>docs/wire-format.md</c>.</summary>
internal interface IWireMessage;
