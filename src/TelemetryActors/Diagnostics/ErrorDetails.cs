using TelemetryActors.Events;

namespace TelemetryActors.Diagnostics;

/// <summary>What is recorded of an error that a program caught (S2.12).</summary>
internal static class ErrorDetails
{
    /// <summary>The event's name.</summary>
    public const string EventName = "error";

    /// <summary>The caller's words first and the stack last: what does not fit into a line is cut from the end.</summary>
    public static Field[] Of(Exception? error, ReadOnlySpan<Field> context) =>
    [
        .. context,
        ("error", error is null ? null : ThrownText.MessageOf(error)),
        ("type", error?.GetType().FullName),
        ("stack", error is null ? null : ThrownText.StackOf(error)),
    ];
}
