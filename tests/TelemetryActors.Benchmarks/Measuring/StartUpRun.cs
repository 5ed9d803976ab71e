using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using TelemetryActors.Benchmarks.Contenders;
using TelemetryActors.Benchmarks.Events;

namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>A cold process up to the first accepted event. Both halves stand here: the parent's clock and the child's work.</summary>
internal static class StartUpRun
{
    /// <summary>The first argument of a child; recognised before anything else is loaded.</summary>
    public const string Argument = "--start-up";

    /// <summary>The row that opens nothing.</summary>
    public const string Hello = "hello";

    /// <summary>The parent's half: starts one process, and stops the clock at its first line.</summary>
    public static StartUpResult Measure(string row, string directory)
    {
        var start = Stopwatch.GetTimestamp();
        using var child = ChildProcess.Start(Argument, row, directory);
        var line = child.StandardOutput.ReadLine();
        var elapsed = Stopwatch.GetElapsedTime(start);
        child.WaitForExit();
        return child.ExitCode == 0 && line?.Split(' ') is [var ticks, var methods, var all]
            ? new StartUpResult(elapsed, new TimeSpan(Number(ticks)), Number(methods), Number(all))
            : throw new InvalidOperationException($"{row} did not start");
    }

    /// <summary>The child's half.</summary>
    public static void Run(string row, string directory)
    {
        if (row == Hello)
        {
            Console.WriteLine("0 0 0");
            return;
        }

        Open(row, directory);
    }

    private static void Open(string row, string directory)
    {
        var e = new BenchEvent(
            "service_ready", "7Q2W3E4R5T6Y7A8B9C0DJKMNPQ", BenchLevel.Info, EventGenerator.FirstSeq, "api", 41.25, 1, true, "shop/garden");
        var (mine, all) = (JitInfo.GetCompiledMethodCount(currentThread: true), JitInfo.GetCompiledMethodCount());
        var start = Stopwatch.GetTimestamp();
        var contender = ContenderCatalog.Create(row);
        contender.Open(directory, producers: 1);
        contender.Write(0, e);
        var ticks = Stopwatch.GetElapsedTime(start).Ticks;
        (mine, all) = (JitInfo.GetCompiledMethodCount(currentThread: true) - mine, JitInfo.GetCompiledMethodCount() - all);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ticks} {mine} {all}"));
        contender.Close();
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
