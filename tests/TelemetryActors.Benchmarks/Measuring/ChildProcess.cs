using System.Diagnostics;
using System.Text.Json;
using TelemetryActors.Benchmarks.Store;

namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>This program again, so that no contender sees another's heap, threads or compiled code.</summary>
internal static class ChildProcess
{
    /// <summary>The first argument of a child that measures a spec.</summary>
    public const string Argument = "--measure";

    /// <summary>Runs the spec in a child; its word is one line of JSON.</summary>
    public static TResult Measure<TResult>(RunSpec spec)
    {
        using var child = Start(Argument, JsonSerializer.Serialize(spec));
        var output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return child.ExitCode == 0
            ? JsonSerializer.Deserialize<TResult>(output)!
            : throw new InvalidOperationException($"{spec.Row} failed with exit code {child.ExitCode}");
    }

    /// <summary>The child's half of <see cref="Measure"/>.</summary>
    public static void Answer(string json)
    {
        var spec = JsonSerializer.Deserialize<RunSpec>(json)!;
        object result = spec.Table switch
        {
            TableNames.Writing => WritingRun.Measure(spec),
            TableNames.Paced => WritingRun.MeasurePaced(spec),
            TableNames.Durability => DurabilityRun.Measure(spec),
            TableNames.Overhead => OverheadRun.Measure(spec),
            TableNames.Memory => MemoryRun.Measure(spec),
            TableNames.Sqlite => StoreRun.Measure(spec),
            TableNames.Runs => RunsRun.Measure(spec),
            _ => throw new ArgumentException($"unknown table {spec.Table}", nameof(json)),
        };
        Console.WriteLine(JsonSerializer.Serialize(result, result.GetType()));
    }

    /// <summary>Starts a child with its output piped; its errors go to ours.</summary>
    public static Process Start(params string[] arguments)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
