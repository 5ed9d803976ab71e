using System.Reflection;
using TelemetryActors.ClusterNode.Trial;

namespace TelemetryActors.ClusterNode;

/// <summary>What the program can be asked for.</summary>
internal static class NodeUsage
{
    private const string Text = $"""
        telemetry-node [--Cluster:Seeds=HOST:PORT,...] [--SETTING=VALUE ...]
            a collector node; settings also from appsettings.json of the working directory and the environment (Cluster__Seeds)
        telemetry-node check [--alive] [--TelemetryActors:BaseDirectory=DIR]
            0 when the node of a base directory takes batches, with --alive when it tells how it is at all; 1 when it does not
        telemetry-node {LoadCommand.Usage}
            an agent with many runs at once, to try out a cluster
        telemetry-node {VerifyCommand.Usage}
            proves from the files of agents and nodes that everything acknowledged is there
        """;

    /// <returns>Exit code 0.</returns>
    public static int TellVersion(TextWriter to)
    {
        to.WriteLine(typeof(NodeUsage).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
        return 0;
    }

    /// <returns>The exit code that was given.</returns>
    public static int Tell(TextWriter to, int exitCode)
    {
        to.WriteLine(Text);
        return exitCode;
    }
}
