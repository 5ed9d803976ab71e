using System.Reflection;
using System.Runtime.InteropServices;
using TelemetryActors.Events;

namespace TelemetryActors.Diagnostics;

/// <summary>What is recorded of a crash: the exception with all its stacks, and how the process and the device were (S1.8).</summary>
internal static class CrashDetails
{
    /// <summary>The details, the longest last: what does not fit into a line is cut from the end.</summary>
    public static Field[] Of(Exception exception, DateTimeOffset now)
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return
        [
            ("error", ThrownText.MessageOf(exception)),
            ("type", exception.GetType().FullName ?? exception.GetType().Name),
            ("unhandled", true),
            ("version", Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion),
            ("runtime", RuntimeInformation.FrameworkDescription),
            ("os", RuntimeInformation.OSDescription),
            ("architecture", RuntimeInformation.ProcessArchitecture.ToString()),
            ("thread", Thread.CurrentThread.Name),
            ("threads", ThreadPool.ThreadCount),
            ("uptime_ms", (now - process.StartTime.ToUniversalTime()).TotalMilliseconds),
            ("working_set_bytes", Environment.WorkingSet),
            ("managed_bytes", GC.GetTotalMemory(forceFullCollection: false)),
            ("stack", ThrownText.StackOf(exception)),
        ];
    }
}
