using System.Diagnostics;

namespace TelemetryActors.Events;

/// <summary>Reads what exceptions say, whose texts are someone else's code and may throw themselves.</summary>
internal static class ThrownText
{
    /// <summary>The message, or that it could not be read.</summary>
    public static string MessageOf(Exception thrown)
    {
        try
        {
            return thrown.Message;
        }
        catch (Exception fault)
        {
            return $"[its message could not be read: {fault.GetType().Name}]";
        }
    }

    /// <summary>The type's name and the message.</summary>
    public static string Of(Exception thrown) => $"{thrown.GetType().Name}: {MessageOf(thrown)}";

    /// <summary>The whole exception with its stack, which is the runtime's own to tell.</summary>
    public static string StackOf(Exception thrown)
    {
        try
        {
            return thrown.ToString();
        }
        catch (Exception)
        {
            return $"{thrown.GetType()}: {MessageOf(thrown)}\n{new StackTrace(thrown, fNeedFileInfo: true)}";
        }
    }
}
