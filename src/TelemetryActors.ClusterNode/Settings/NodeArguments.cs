namespace TelemetryActors.ClusterNode.Settings;

/// <summary>The words behind the program's name, when a node is meant: each must be a setting that somebody reads. A slip of the pen is no node that stands alone.</summary>
internal static class NodeArguments
{
    // What the host itself reads, beside the sections. The time of a shutdown is the node's own: shards are handed over in it.
    private static readonly string[] OfHost =
    [
        "environment", "contentRoot", "applicationName", "hostBuilder:reloadConfigOnChange", "startupTimeoutSeconds", "servicesStartConcurrently", "servicesStopConcurrently",
    ];

    private static readonly string[] Sections = [NodeSettingsReader.Section, "TelemetryActors", "Logging"];

    /// <summary>What is wrong with them, each named without its value, which may hold a secret.</summary>
    public static IReadOnlyList<string> FaultsOf(IReadOnlyList<string> args)
    {
        List<string> faults = [];
        foreach (var (word, name, hasValue) in NamedArguments.Of(args))
        {
            if (name is null)
            {
                faults.Add($"'{word}' is no setting: --Cluster:Port=4053 is one");
            }
            else if (!IsKnown(name))
            {
                faults.Add($"there is no setting {word}: settings begin with --{string.Join(": or --", Sections)}:");
            }
            else if (!hasValue)
            {
                faults.Add($"{word} has no value");
            }
        }

        return faults;
    }

    private static bool IsKnown(string name) =>
        OfHost.Contains(name, StringComparer.OrdinalIgnoreCase) || Sections.Any(section => name.StartsWith($"{section}:", StringComparison.OrdinalIgnoreCase));
}
