using TelemetryActors.Benchmarks;
using TelemetryActors.Benchmarks.Measuring;
using TelemetryActors.Benchmarks.Tables;

switch (args)
{
    case [StartUpRun.Argument, var row, var directory]:
        StartUpRun.Run(row, directory);
        return 0;
    case [ChildProcess.Argument, var spec]:
        ChildProcess.Answer(spec);
        return 0;
    default:
        return Report.Print(args, Console.Out);
}
