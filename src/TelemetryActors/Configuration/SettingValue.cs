namespace TelemetryActors.Configuration;

/// <summary>One setting as it is now, and where it comes from.</summary>
/// <param name="Path">Its name, for instance <c>log.fsync</c>.</param>
/// <param name="Value">Its value as one would write it; null when nothing is set.</param>
/// <param name="Origin">Where it comes from.</param>
public sealed record SettingValue(string Path, string? Value, SettingOrigin Origin);
