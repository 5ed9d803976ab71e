using TelemetryActors.Configuration;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;

namespace TelemetryActors.Slots;

/// <summary>Which events of a stranded ring may never be uploaded where that needs consent, wherever they go: those recorded under <c>DO_NOT_TRACK</c>, and those before the consent.</summary>
/// <remarks>Taken at one moment. The ring knows of what its log does not have; where the slot's file cannot be read, all count as untracked.</remarks>
internal sealed class StrandedPrivacy
{
    private readonly int _slot;
    private readonly IReadOnlyList<UntrackedStretch>? _untracked;
    private readonly ConsentCover? _cover;

    /// <exception cref="IOException">What is noted cannot be read now.</exception>
    public StrandedPrivacy(SlotSettings settings, StrandedRing stranded, EventRing ring)
    {
        _slot = stranded.Slot;
        _cover = new ConsentStore(settings.Files, settings.Base.Path, settings.Time).Cover;
        try
        {
            IReadOnlyList<UntrackedStretch> noted = new UntrackedStretches(settings.Files, settings.Base.Path, stranded.Slot).Read();
            _untracked = ring.Untracked is { } left ? [.. noted, left] : noted;
        }
        catch (InvalidDataException)
        {
            _untracked = null;
        }
    }

    public bool MustStay(Cursor before) =>
        _untracked is null || _untracked.Any(stretch => stretch.Has(before)) || _cover?.CoversPlace(_slot, before) == false;
}
