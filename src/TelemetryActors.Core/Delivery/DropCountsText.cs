using System.Text.Json;
using TelemetryActors.Events;

namespace TelemetryActors.Delivery;

/// <summary>Dropped events as they are kept: an object of reasons and counts.</summary>
internal static class DropCountsText
{
    /// <exception cref="FormatException">A reason that is not known, or a count that none can be.</exception>
    /// <exception cref="InvalidOperationException">It is no object of numbers.</exception>
    public static DropCounts Read(JsonElement json) => json.EnumerateObject().Aggregate(DropCounts.None, (sum, entry) => sum.Plus(ReasonOf(entry.Name), entry.Value.GetInt64()));

    // A number in place of a name is taken by Enum.Parse, whether a reason has it or not.
    private static DropReason ReasonOf(string name) =>
        Enum.TryParse<DropReason>(name, out var reason) && Enum.IsDefined(reason) ? reason : throw new FormatException($"'{name}' is no reason of a loss");
}
