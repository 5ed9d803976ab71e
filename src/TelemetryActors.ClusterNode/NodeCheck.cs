using System.Text.Json;
using Microsoft.Extensions.Configuration;
using TelemetryActors.ClusterNode.Reporting;
using TelemetryActors.ClusterNode.Settings;

namespace TelemetryActors.ClusterNode;

/// <summary><c>telemetry-node check [--alive] [--TelemetryActors:BaseDirectory=DIR]</c>: whether the node of a base directory takes batches, or only tells how it is. For probes.</summary>
/// <remarks>Exit code 0: it does. 1: it does not, or nothing was heard of it for a while; the reason stands on the output. 2: arguments that nobody reads.</remarks>
internal static class NodeCheck
{
    private const string Alive = "--alive";

    // Several periods of the file: a slow disk is no death.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(15);

    /// <exception cref="FormatException">There are arguments that nobody reads.</exception>
    public static int Run(string[] args)
    {
        string[] settings = [.. args.Where(argument => argument != Alive)];
        if (NodeArguments.FaultsOf(settings) is { Count: > 0 } slips)
        {
            throw new FormatException(string.Join("; ", slips));
        }

        var configuration = new ConfigurationBuilder()
            .SetBasePath(Directory.GetCurrentDirectory())
            .AddJsonFile("appsettings.json", optional: true)
            .AddEnvironmentVariables()
            .AddCommandLine(settings)
            .Build();
        var path = NodeStatusFile.PathIn(NodeTelemetry.BaseDirectory(configuration));
        var (isReady, what) = Look(path, TimeProvider.System.GetUtcNow(), args.Contains(Alive));
        Console.WriteLine(what);
        return isReady ? 0 : 1;
    }

    /// <summary>What a status file says at an instant.</summary>
    /// <param name="path">The file.</param>
    /// <param name="now">The instant.</param>
    /// <param name="onlyAlive">Whether a node that tells how it is will do, ready or not.</param>
    public static (bool IsReady, string What) Look(string path, DateTimeOffset now, bool onlyAlive = false)
    {
        try
        {
            using var status = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = status.RootElement;
            var age = now - root.GetProperty("ts").GetDateTimeOffset();
            var member = root.GetProperty("member").GetString();
            return age > Fresh ? (false, $"silent for {age.TotalSeconds:0} s")
                : root.GetProperty("ready").GetBoolean() ? (true, $"ready: {root.GetProperty("address").GetString()}")
                : (onlyAlive, member == "up" ? "up, but its event log is not written" : $"not up: {member}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException)
        {
            return (false, $"no status: {exception.Message}");
        }
    }
}
