using System.CommandLine;
using TelemetryActors.Cli.Config;
using TelemetryActors.Cli.Dead;
using TelemetryActors.Cli.Doctor;
using TelemetryActors.Cli.Exec;
using TelemetryActors.Cli.Export;
using TelemetryActors.Cli.Ingest;
using TelemetryActors.Cli.Replay;
using TelemetryActors.Cli.Runs;
using TelemetryActors.Cli.S3;
using TelemetryActors.Cli.Show;
using TelemetryActors.Cli.Sinks;
using TelemetryActors.Cli.Store;
using TelemetryActors.Cli.Tail;

namespace TelemetryActors.Cli;

/// <summary>All commands of the program.</summary>
internal static class Commands
{
    public static RootCommand Root() => new(
        """
        Records commands as runs, shows the event log, operates the sinks. To begin:
          telemetry exec --lines -- echo hello
          telemetry show
        Exit codes: 0 done, 1 failed, 2 usage or settings, 3 some input refused; exec has its command's.
        """)
    {
        CommonOptions.Base,
        ExecCommand.Create(),
        ShowCommand.Create(),
        RunsCommand.Create(),
        TailCommand.Create(),
        SinksCommand.Create(),
        ReplayCommand.Create(),
        DeadCommand.Create(),
        IngestCommand.Create(),
        DoctorCommand.Create(),
        ExportCommand.Create(),
        RebuildCommand.Create(),
        ConfigCommand.Create(),
        ConsentCommand.Create(),
        S3Command.Create(),
    };
}
