using System.Diagnostics;
using System.Globalization;

namespace TelemetryActors.Cli;

/// <summary>Sends real signals to one process.</summary>
internal static class Signals
{
    public static void Send(int process, string signal)
    {
        using var kill = Process.Start("/bin/kill", ["-" + signal, process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
