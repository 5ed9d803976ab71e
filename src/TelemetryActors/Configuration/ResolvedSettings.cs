namespace TelemetryActors.Configuration;

/// <summary>What came out of all origins together.</summary>
/// <param name="Options">The options with every setting in them; a copy.</param>
/// <param name="Values">Every setting with its origin.</param>
/// <param name="Faults">What was written outside and cannot be, each with its path as written there; the next lower value took its place.</param>
internal sealed record ResolvedSettings(TelemetryOptions Options, IReadOnlyList<SettingValue> Values, IReadOnlyList<string> Faults);
