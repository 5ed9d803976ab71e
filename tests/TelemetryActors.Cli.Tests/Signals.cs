using System.Runtime.InteropServices;
using TelemetryActors.Cli.Exec;

namespace TelemetryActors.Cli;

/// <summary>Sends real signals to one process, at once: a program that did it would come when a busy machine lets it.</summary>
internal static class Signals
{
    public static void Send(int process, string signal)
    {
        var number = Enumerable.Range(1, 31).First(number => SignalName.Of(number) == "SIG" + signal);
        if (LibC.Kill(process, number) != 0)
        {
            throw LibC.Fault($"kill -{signal} {process}", Marshal.GetLastPInvokeError());
        }
    }
}
