using TelemetryActors.Browsing;
using TelemetryActors.Delivery;
using TelemetryActors.Storage;

namespace TelemetryActors.Engine;

/// <summary>Dead letters that a sink's last owner wrote and died before it kept that it had: their events come again, and no second letter may.</summary>
/// <remarks>They stand at the end of the file, for each settlement keeps the state behind its letters. Of a replay's letters nobody can tell whether they were there before it.</remarks>
internal sealed class UnsettledLetters(IFileSystem files, string baseDirectory, string sink)
{
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    /// <summary>Whether a letter is one of them: then it counts as no letter yet.</summary>
    public bool Includes(string id) => _ids.Contains(id);

    /// <summary>Whether a letter is there already; asked once, because it is settled then.</summary>
    public bool Settle(string id) => _ids.Remove(id);

    /// <summary>Finds them anew.</summary>
    /// <param name="state">What the last owner kept.</param>
    /// <exception cref="IOException">The dead letters cannot be read now.</exception>
    public void Find(SinkState state)
    {
        _ids.Clear();
        var path = SinkPaths.DeadLetters(baseDirectory, sink);
        if (files.Identify(path) is null)
        {
            return;
        }

        var put = PutBack(state);
        var file = files.Open(path, writable: false);
        using var reader = new BackwardLineReader(file, file.Identity.Length);
        while (reader.TryRead(out var line) && StoredLetter.TryParse(line, out var letter, out _) && IsUnsettled(letter, state, put))
        {
            _ids.Add(letter.Id);
        }
    }

    private static bool IsUnsettled(StoredLetter letter, SinkState state, HashSet<string> putBack) =>
        putBack.Contains(letter.Id)
        || state.Accounts.Any(account => account.Slot == letter.Slot && account.Cursor.Stream == letter.Stream && letter.Ordinal >= account.Cursor.Ordinal);

    // Those that wait to be delivered again have left the file, unless they were refused once more.
    private HashSet<string> PutBack(SinkState state)
    {
        var taken = new TakenLetters(files, baseDirectory, sink);
        return [.. state.Redeliveries
            .Where(redelivery => redelivery.Account.Slot == LaneId.NoSlot && !state.TakenOut.Contains(redelivery.Account.Cursor.Stream))
            .SelectMany(redelivery => taken.IdsFrom(redelivery.Account.Cursor))];
    }
}
