namespace TelemetryActors.Slots;

/// <summary>A dead writer's slot that only another user, or another machine, can bring in order: taking it would declare lost what its ring still holds.</summary>
internal sealed class SlotElsewhereException : IOException
{
    /// <summary>Nothing is known.</summary>
    public SlotElsewhereException()
    {
    }

    /// <summary>Says which slot, and whose it is.</summary>
    public SlotElsewhereException(string message)
        : base(message)
    {
    }

    /// <summary>Says which slot, and what kept this process from it.</summary>
    public SlotElsewhereException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
