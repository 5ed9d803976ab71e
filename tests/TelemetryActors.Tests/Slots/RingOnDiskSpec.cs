using TelemetryActors.Ring;
using Xunit;

namespace TelemetryActors.Slots;

/// <summary>A ring that its writer made in the base directory, because memory had no room then.</summary>
[Trait("Feature", "S1.18")]
public sealed class RingOnDiskSpec : IDisposable
{
    private readonly SlotRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Is_found_by_the_next_writer_whose_own_is_to_be_in_memory_again_whether_the_state_names_it_or_not(bool notesBegin)
    {
        Kill(WriterSlot.Open(_rig.Settings with { Placement = new RingPlacement(_rig.Settings.Base.State, "spec") }, notesBegin), events: 5);

        using (var next = WriterSlot.Open(_rig.Settings))
        {
            Assert.Equal((5, false), (next.Start.Recovered, next.Start.InDoubt));
        }

        Kill(WriterSlot.Open(_rig.Settings with { Placement = new RingPlacement(_rig.Settings.Base.State, "spec") }, notesBegin), events: 3);
        using var last = WriterSlot.Open(_rig.Settings);
        Assert.Equal((3, false), (last.Start.Recovered, last.Start.InDoubt));
    }

    private static void Kill(WriterSlot slot, int events)
    {
        slot.Append(events);
        slot.Forget();
    }
}
