using TelemetryActors.ClusterNode;
using TelemetryActors.ClusterNode.Trial;

try
{
    return args switch
    {
        ["--help" or "-h" or "help", ..] => NodeUsage.Tell(Console.Out, 0),
        ["--version"] => NodeUsage.TellVersion(Console.Out),
        ["check", .. var rest] => NodeCheck.Run(rest),
        ["load", .. var rest] => await LoadCommand.RunAsync(rest),
        ["verify", .. var rest] => await VerifyCommand.RunAsync(rest),
        [var unknown, ..] when !unknown.StartsWith('-') => throw new FormatException($"there is no command {unknown}"),
        _ => await Node.RunAsync(args),
    };
}
catch (FormatException exception)
{
    await Console.Error.WriteLineAsync($"telemetry-node: {exception.Message}");
    return NodeUsage.Tell(Console.Error, 2);
}
catch (ArgumentException exception)
{
    // Settings that were given as arguments of a trial.
    await Console.Error.WriteLineAsync($"telemetry-node: {exception.Message}");
    return 2;
}
