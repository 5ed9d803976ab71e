using System.Runtime.InteropServices;
using TelemetryActors.Benchmarks.Measuring;

namespace TelemetryActors.Benchmarks.Tables;

/// <summary>The whole run: every table that was asked for.</summary>
internal static class Report
{
    /// <summary>Runs and prints; 0 = every event has its one line, 1 = one is missing, doubled or torn, 2 = a wrong call.</summary>
    public static int Print(string[] args, TextWriter output)
    {
        CommandLine line;
        try
        {
            line = CommandLine.Parse(args);
        }
        catch (ArgumentException wrong)
        {
            Console.Error.WriteLine($"{wrong.Message}\n\n{CommandLine.Usage}");
            return 2;
        }

        var isComplete = true;
        var rounds = new Rounds(line, Console.Error);
        var drive = new DriveInfo(Directory.CreateDirectory(line.Directory).FullName);
        output.WriteLine($"{Environment.ProcessorCount} processors, {drive.DriveFormat}, {RuntimeInformation.FrameworkDescription}, seed {line.Seed}");
        try
        {
            foreach (var table in line.Tables)
            {
                isComplete &= Print(table, line, rounds, output);
            }
        }
        catch (InvalidOperationException failed)
        {
            Console.Error.WriteLine(failed.Message);
            return 1;
        }

        return rounds.FoundFault || !isComplete ? 1 : 0;
    }

    private static bool Print(string table, CommandLine line, Rounds rounds, TextWriter output)
    {
        switch (table)
        {
            case TableNames.Writing:
                WritingTable.Print(line, rounds, output);
                break;
            case TableNames.Paced:
                PacedTable.Print(line, rounds, output);
                break;
            case TableNames.Durability:
                DurabilityTable.Print(line, rounds, output);
                break;
            case TableNames.StartUp:
                StartUpTable.Print(line, output);
                break;
            case TableNames.Memory:
                return MemoryTable.Print(line, output);
            case TableNames.Sqlite:
                StoreTable.Print(line, rounds, output);
                break;
            case TableNames.Runs:
                return RunsTable.Print(line, output);
            case TableNames.Compression:
                CompressionTable.Print(line, output);
                break;
            case TableNames.Prefilter:
                PrefilterTable.Print(output);
                break;
            default:
                OverheadTable.Print(rounds, output);
                break;
        }

        return true;
    }
}
