namespace TelemetryActors.Engine;

/// <summary>A fault that comes back at every heartbeat, and is not told at every one.</summary>
/// <remarks>For one thread at a time.</remarks>
/// <param name="tell">Who is told.</param>
internal sealed class RecurringFault(Action<string> tell)
{
    private string? _told;

    /// <summary>Tells it unless one was told that is not over yet, whatever that one said.</summary>
    public void TellFirst(string fault)
    {
        if (_told is null)
        {
            Tell(fault);
        }
    }

    /// <summary>Tells it unless it is the one that was told last and is not over yet.</summary>
    public void TellAnother(string fault)
    {
        if (fault != _told)
        {
            Tell(fault);
        }
    }

    /// <summary>It works again: the next fault is told.</summary>
    public void IsOver() => _told = null;

    private void Tell(string fault)
    {
        _told = fault;
        tell(fault);
    }
}
