using TelemetryActors.Pipeline;

namespace TelemetryActors.Delivery;

/// <summary>Where a sink that keeps its accounts with its data goes on: there, unless what it delivered last was not settled here.</summary>
/// <remarks>
/// Its cursor moves with the effect, before dead letters are written; what is kept here moves after them. Between the two a process may end, and then what
/// lies between them is delivered once more: the sink stores nothing twice and says again what it refuses.
/// </remarks>
internal static class OwnAccounts
{
    /// <summary>The accounts to go on from.</summary>
    /// <param name="settled">What was kept when all was settled; empty when nothing was.</param>
    /// <param name="own">What the sink's own data say.</param>
    public static IReadOnlyList<SinkAccount> ToGoOnFrom(IReadOnlyList<SinkAccount> settled, IReadOnlyList<SinkAccount> own) =>
        [.. own.Select(account => settled.Where(before => IsBehind(before, account)).DefaultIfEmpty(account).First())];

    private static bool IsBehind(SinkAccount settled, SinkAccount own) =>
        settled.Slot == own.Slot && settled.Cursor.Stream == own.Cursor.Stream && own.Cursor.Stream != StreamId.None && settled.Cursor.Ordinal < own.Cursor.Ordinal;
}
