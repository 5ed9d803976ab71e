using TelemetryActors.Pipeline;

namespace TelemetryActors.Delivery;

/// <summary>Events in front of a cursor that were refused while nothing was delivered - poison, or the sink's fault - and between them what needed no request.</summary>
/// <param name="Lane">Where they come from; the run begins at its cursor.</param>
/// <param name="End">Behind the last of them.</param>
/// <param name="Refusals">One for each refused event, in order.</param>
public sealed record SuspectRun(LaneId Lane, Cursor End, IReadOnlyList<Refusal> Refusals);
