namespace TelemetryActors.ClusterNode.Settings;

/// <summary>The words behind the program's name, when a node is meant: each must be a setting that somebody reads. A slip of the pen is no node that stands alone.</summary>
internal static class NodeArguments
{
    // What the host itself reads, beside the sections.
    private static readonly string[] OfHost = ["environment", "contentRoot", "applicationName"];
    private static readonly string[] Sections = [NodeSettingsReader.Section, "TelemetryActors", "Logging"];

    /// <summary>What is wrong with them, each named without its value, which may hold a secret.</summary>
    public static IReadOnlyList<string> FaultsOf(IReadOnlyList<string> args)
    {
        List<string> faults = [];
        for (var index = 0; index < args.Count; index++)
        {
            var word = args[index];
            var end = word.IndexOf('=', StringComparison.Ordinal);
            var name = end < 0 ? word : word[..end];
            if (!name.StartsWith("--", StringComparison.Ordinal))
            {
                faults.Add($"'{name}' is no setting: --Cluster:Port=4053 is one");
            }
            else if (!IsKnown(name[2..]))
            {
                faults.Add($"there is no setting {name}: settings begin with --{string.Join(": or --", Sections)}:");
            }
            else if (end < 0 && ++index == args.Count)
            {
                faults.Add($"{name} has no value");
            }
        }

        return faults;
    }

    private static bool IsKnown(string name) =>
        OfHost.Contains(name, StringComparer.OrdinalIgnoreCase) || Sections.Any(section => name.StartsWith($"{section}:", StringComparison.OrdinalIgnoreCase));
}
