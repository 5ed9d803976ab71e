using TelemetryActors.Events;

namespace TelemetryActors.Diagnostics;

/// <summary>What is recorded of one measurement (S2.11).</summary>
internal static class MetricDetails
{
    /// <summary>The value, and its unit when there is one.</summary>
    public static Field[] Of(double value, string? unit) => unit is null ? [("value", value)] : [("value", value), ("unit", unit)];
}
