using TelemetryActors.Browsing;
using TelemetryActors.Delivery;
using TelemetryActors.Ring;
using TelemetryActors.Supervision;
using Xunit;

namespace TelemetryActors.Slots;

/// <summary>A ring that its writer made in the base directory, because memory had no room then: whoever looks for rings finds it beside those in memory.</summary>
[Trait("Feature", "S1.18")]
public sealed class RingOnDiskSpec : IDisposable
{
    private readonly SlotRig _rig = new();

    public void Dispose() => _rig.Dispose();

    private SlotSettings OnDisk => _rig.Settings with { Placement = new RingPlacement(_rig.Settings.Base.State, "spec", _rig.Settings.Base.State) };

    private SlotSettings WithoutPlace => _rig.Settings with { Placement = new RingPlacement(null, "spec", _rig.Settings.Base.State) };

    private IReadOnlyList<SlotTail> Tails => new SlotTails(_rig.Files, _rig.Settings.Base.Path, placement: _rig.Settings.Placement).Now();

    private string[] Rings => Directory.GetFiles(_rig.Settings.Base.State, "*.ring");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Is_found_by_the_next_writer_whose_own_is_to_be_in_memory_again_whether_the_state_names_it_or_not(bool notesBegin)
    {
        Kill(WriterSlot.Open(OnDisk, notesBegin), events: 5);

        using (var next = WriterSlot.Open(_rig.Settings))
        {
            Assert.Equal((5, false), (next.Start.Recovered, next.Start.InDoubt));
        }

        Kill(WriterSlot.Open(OnDisk, notesBegin), events: 3);
        using var last = WriterSlot.Open(_rig.Settings);
        Assert.Equal((3, false), (last.Start.Recovered, last.Start.InDoubt));
    }

    [Fact]
    public void And_by_one_that_has_no_place_for_a_ring_of_its_own()
    {
        Kill(WriterSlot.Open(OnDisk, notesBegin: false), events: 5);

        using var next = WriterSlot.Open(WithoutPlace);

        Assert.Equal((5, false), (next.Start.Recovered, next.Start.InDoubt));
        Assert.Empty(Rings);
    }

    [Fact]
    public void One_that_somebody_lives_with_keeps_its_slot_also_where_a_dead_ones_stands_in_memory()
    {
        using var living = WriterSlot.Open(OnDisk, notesBegin: false);
        File.WriteAllText(RingPlacement.FileIn(_rig.Settings.Placement.Directory!, living.Ring.Stream, living.Number), "");
        File.Delete(SlotLocks.PathOf(_rig.Settings.Base, living.Number));

        using var other = WriterSlot.Open(_rig.Settings);

        Assert.Equal((1, 2), (living.Number, other.Number));
        Assert.True(File.Exists(living.Ring.Path));
    }

    [Fact]
    public void What_it_holds_is_not_covered_by_a_consent_that_comes_later()
    {
        using var slot = WriterSlot.Open(OnDisk);
        slot.Append(5);

        Assert.Equal([new SlotTail(slot.Number, slot.Ring.Tail)], Tails);
    }

    [Fact]
    public void Nor_is_what_the_log_has_where_its_slot_has_gone_on_without_a_ring_that_stands_there()
    {
        Kill(WriterSlot.Open(_rig.Settings), events: 5);
        Directory.Move(_rig.Settings.Placement.Directory!, _rig.Settings.Placement.Directory! + ".away");
        using var slot = WriterSlot.Open(_rig.Settings with { Placement = new RingPlacement(null, "spec") });
        slot.Write(2);
        Directory.Move(_rig.Settings.Placement.Directory! + ".away", _rig.Settings.Placement.Directory!);

        Assert.Equal([new SlotTail(slot.Number, slot.Ring.Tail)], Tails);
    }

    [Fact]
    public void Its_circuit_and_its_rest_are_told()
    {
        using var slot = WriterSlot.Open(OnDisk);
        slot.Append(5);
        slot.Ring.Tell(CircuitRecord.Closed with { State = CircuitState.Open, OpenUntil = _rig.Time.GetUtcNow() });
        var logs = SlotLog.All(_rig.Files, _rig.Settings.Base.Path);

        var ring = Assert.Single(new SlotRings(_rig.Files, _rig.Settings.Base, _rig.Settings.Placement, logFile: null).All([]));

        Assert.Equal((slot.Ring.Path, 5), (ring.Path, ring.Rest?.Events));
        Assert.Equal(CircuitState.Open, LogCircuit.Find(_rig.Files, _rig.Settings.Base.Path, logs).State);
    }

    [Fact]
    public void Goes_when_it_is_of_an_earlier_boot_and_its_slot_has_its_next_one_in_memory()
    {
        var dead = WriterSlot.Open(OnDisk);
        Kill(dead, events: 5);
        Reboot.Pretend(dead.Ring.Path!, dead.Folder.StateFile);

        using var next = WriterSlot.Open(_rig.Settings);

        Assert.True(next.Start.InDoubt);
        Assert.Empty(Rings);
    }

    [Fact]
    public void Is_brought_when_its_slot_has_gone_on_without_it()
    {
        Kill(WriterSlot.Open(OnDisk), events: 5);
        var (hidden, state) = (Assert.Single(Rings) + ".away", Assert.Single(Rings));
        File.Move(state, hidden);
        using var slot = WriterSlot.Open(_rig.Settings);
        slot.Write(2);
        File.Move(hidden, state);

        var brought = new StrandedRings(_rig.Settings, StrandedPlaces.EndRun, _ => { }).BringAll(exception => Assert.Fail(exception.ToString()));

        Assert.Equal(1, brought);
        Assert.Empty(Rings);
    }

    private static void Kill(WriterSlot slot, int events)
    {
        slot.Append(events);
        slot.Forget();
    }
}
