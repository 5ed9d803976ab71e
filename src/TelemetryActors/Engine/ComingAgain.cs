using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Engine;

/// <summary>Which letters' events a sink's kept state has yet to deliver.</summary>
internal sealed class ComingAgain
{
    private readonly SinkState _state;
    private readonly HashSet<string> _putBack;
    private readonly HashSet<string> _takenOut;

    /// <exception cref="IOException">Letters that were taken out cannot be read now.</exception>
    public ComingAgain(SinkState state, TakenLetters taken)
    {
        _state = state;

        // Those that wait to be delivered again have left the file, unless they were refused once more.
        _putBack = [.. state.Redeliveries
            .Where(redelivery => redelivery.Account.Slot == LaneId.NoSlot && !state.TakenOut.Contains(redelivery.Account.Cursor.Stream))
            .SelectMany(redelivery => taken.IdsFrom(redelivery.Account.Cursor))];
        _takenOut = [.. state.TakenOut.SelectMany(stream => taken.IdsFrom(new Cursor(stream, 0, 0)))];
    }

    /// <summary>Whether it comes for the first time, or as a letter that was put back: whichever it is, its letter was not counted.</summary>
    public bool Includes(StoredLetter letter) =>
        _putBack.Contains(letter.Id)
        || _state.Accounts.Any(account => account.Slot == letter.Slot && account.Cursor.Stream == letter.Stream && letter.Ordinal >= account.Cursor.Ordinal);

    /// <summary>Whether a replay brings it: its letter may have been one before.</summary>
    public bool IsReplayed(StoredLetter letter) => _state.Redeliveries.Any(redelivery =>
        redelivery.Account.Slot == letter.Slot
        && redelivery.Account.Cursor.Stream == letter.Stream
        && letter.Ordinal >= redelivery.Account.Cursor.Ordinal
        && letter.Ordinal < redelivery.Account.Tail.Ordinal);

    /// <summary>Whether nothing is settled of its slot: all of it comes again.</summary>
    public bool IsOfUnsettledSlot(StoredLetter letter) => !_state.Accounts.Any(account => account.Slot == letter.Slot && account.Cursor.Stream != StreamId.None);

    /// <summary>Whether no cursor has passed it: its event may come yet, as a new one.</summary>
    public bool IsAhead(StoredLetter letter) => !_state.Accounts.Any(account =>
        account.Slot == letter.Slot
        && account.Cursor.Stream != StreamId.None
        && (account.Cursor.Stream != letter.Stream || letter.Ordinal < account.Cursor.Ordinal));

    /// <summary>Whether it was taken out, and stands in the file for the moment alone.</summary>
    public bool IsTakenOut(StoredLetter letter) => _takenOut.Contains(letter.Id);
}
