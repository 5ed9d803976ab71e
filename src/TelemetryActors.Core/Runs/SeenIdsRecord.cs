namespace TelemetryActors.Runs;

/// <summary>What <see cref="SeenIds"/> knows, to be kept.</summary>
/// <param name="Highest">The highest number taken of each instance, the instance heard of longest ago first.</param>
/// <param name="Foreign">Ids of another form, the oldest first.</param>
internal sealed record SeenIdsRecord(IReadOnlyList<KeyValuePair<string, long>> Highest, IReadOnlyList<string> Foreign)
{
    public static SeenIdsRecord Nothing { get; } = new([], []);
}
