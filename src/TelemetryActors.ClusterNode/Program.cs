using TelemetryActors.ClusterNode;
using TelemetryActors.ClusterNode.Trial;

try
{
    return args switch
    {
        ["check", .. var rest] => NodeCheck.Run(rest),
        ["load", .. var rest] => await LoadCommand.RunAsync(rest),
        ["verify", .. var rest] => await VerifyCommand.RunAsync(rest),
        _ => await Node.RunAsync(args),
    };
}
catch (FormatException exception)
{
    await Console.Error.WriteLineAsync($"telemetry-node: {exception.Message}\n  telemetry-node {LoadCommand.Usage}\n  telemetry-node {VerifyCommand.Usage}");
    return 2;
}
