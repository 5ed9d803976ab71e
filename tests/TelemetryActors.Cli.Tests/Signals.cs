using System.Diagnostics;
using System.Globalization;
using TelemetryActors.TestKit;

namespace TelemetryActors.Cli;

/// <summary>Sends real signals to one process.</summary>
internal static class Signals
{
    public static void Send(int process, string signal)
    {
        using var kill = Process.Start("/bin/kill", ["-" + signal, process.ToString(CultureInfo.InvariantCulture)]);
        ProcessEnd.WaitFor(kill);
    }
}
