using TelemetryActors.Delivery;

namespace TelemetryActors.AkkaNet;

/// <summary>Stands in a log for an exception of code that is not this house's: without the secrets and personal data in its messages and in those inside it, with its stack.</summary>
internal sealed class CleanException : Exception
{
    private readonly string _type;

    private CleanException(Exception thrown)
        : base(CleanCause.Of(thrown.Message), thrown.InnerException is { } inner ? Of(inner) : null) =>
        (_type, StackTrace) = (thrown.GetType().ToString(), thrown.StackTrace);

    /// <inheritdoc />
    public override string? StackTrace { get; }

    /// <summary>The exception itself where there is nothing to take out.</summary>
    public static Exception Of(Exception thrown) => IsClean(thrown) ? thrown : new CleanException(thrown);

    /// <inheritdoc />
    public override string ToString() =>
        $"{_type}: {Message}{(InnerException is { } inner ? $"{Environment.NewLine} ---> {inner}{Environment.NewLine}   --- End of inner exception stack trace ---" : "")}{Environment.NewLine}{StackTrace}";

    // Some say more in their text than in their message, and some less.
    private static bool IsClean(Exception thrown)
    {
        for (var next = thrown; next is not null; next = next.InnerException)
        {
            if (!IsClean(next.Message))
            {
                return false;
            }
        }

        return IsClean(thrown.ToString());
    }

    private static bool IsClean(string text) => CleanCause.Of(text) == text;
}
