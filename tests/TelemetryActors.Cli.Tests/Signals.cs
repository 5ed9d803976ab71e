using System.Globalization;
using System.Runtime.InteropServices;
using TelemetryActors.Cli.Exec;

namespace TelemetryActors.Cli;

/// <summary>Sends real signals to one process, at once: a program that did it would come when a busy machine lets it.</summary>
internal static class Signals
{
    /// <summary>Sends one.</summary>
    /// <param name="process">To whom.</param>
    /// <param name="signal">Its name without SIG, or its number.</param>
    public static void Send(int process, string signal)
    {
        var number = int.TryParse(signal, NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? given
            : Enumerable.Range(1, SignalName.LastOfOld).First(number => SignalName.Of(number) == "SIG" + signal);
        if (LibC.Kill(process, number) != 0)
        {
            throw LibC.Fault($"kill -{signal} {process}", Marshal.GetLastPInvokeError());
        }
    }
}
