namespace TelemetryActors.AkkaNet.Collectors;

/// <summary>Decides which members that host no runs are removed: each that is out of sight for its time, whatever others do meanwhile.</summary>
/// <typeparam name="T">What a member is known by, over its whole life.</typeparam>
/// <remarks>Not thread-safe.</remarks>
internal sealed class LostAgents<T>
    where T : notnull
{
    private readonly Dictionary<T, TimeSpan> _since = [];

    /// <summary>Looks once more.</summary>
    /// <param name="lost">Who is out of sight now, and after how long of it a member is given up.</param>
    /// <param name="mayDecide">Whether this collector is the one that decides. Time counts nonetheless.</param>
    /// <param name="now">Time since any fixed moment.</param>
    /// <returns>Who is to be removed.</returns>
    public IReadOnlyList<T> Look(IReadOnlyDictionary<T, TimeSpan> lost, bool mayDecide, TimeSpan now)
    {
        foreach (var back in _since.Keys.Where(member => !lost.ContainsKey(member)).ToList())
        {
            _since.Remove(back);
        }

        foreach (var member in lost.Keys)
        {
            _since.TryAdd(member, now);
        }

        return mayDecide ? [.. lost.Where(one => now - _since[one.Key] >= one.Value).Select(one => one.Key)] : [];
    }
}
