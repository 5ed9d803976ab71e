using TelemetryActors.Events;

namespace TelemetryActors.Recording;

/// <summary>Records events: the one thing a module needs to know of telemetry (S0.2, S0.33).</summary>
/// <remarks>Safe for use from several threads.</remarks>
public interface IRecorder
{
    /// <summary>Records one event now.</summary>
    /// <param name="name">The event's name: one of <see cref="StandardEvents"/> or any other.</param>
    /// <param name="details">What is to be said of it; null for nothing. Read during the call only.</param>
    /// <returns>What became of it: a failure is a value and never an exception (S0.3).</returns>
    RecordResult RecordFields(string name, IReadOnlyDictionary<string, object?>? details = null);
}
