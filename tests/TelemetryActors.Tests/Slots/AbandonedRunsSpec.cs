using System.Globalization;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Slots;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S4.5")]
public sealed class AbandonedRunsSpec : IDisposable
{
    private const string Agent = "abcdefghjkm";

    private readonly SlotRig _rig = new(64 * 1024);
    private long _id;

    public void Dispose() => _rig.Dispose();

    private void Write(WriterSlot slot, string name, string run, string details = "{}", string? instance = null)
    {
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"ts":"2026-03-01T12:00:00Z","event":"{{name}}","details":{{details}},"agent":"crawler","run_id":"{{run}}","run_seq":{{++_id,14}},"id":"{{instance ?? slot.Ring.Instance}}-{{_id:00000000000000}}"}""");
        Assert.Equal(DropReason.None, slot.Ring.AppendEncoded(System.Text.Encoding.UTF8.GetBytes(line + "\n"), 1, mayWait: false));
    }

    // As a kill leaves it: the ring's file stays, the locks are free.
    private void Dead(Action<WriterSlot> life)
    {
        var slot = WriterSlot.Open(_rig.Settings);
        life(slot);
        slot.Forget();
    }

    private Dictionary<string, string> Left()
    {
        using var next = WriterSlot.Open(_rig.Settings);
        return new Dictionary<string, string>(next.LeftRuns.Open);
    }

    [Fact]
    public void A_run_that_began_and_did_not_end_is_left_open_with_its_agent()
    {
        Dead(slot =>
        {
            Write(slot, "run_start", "20260301T120000Z-crawler-00000001");
            Write(slot, "run_start", "20260301T120000Z-crawler-00000002");
            Write(slot, "run_end", "20260301T120000Z-crawler-00000001");
        });

        Assert.Equal(KeyValuePair.Create("20260301T120000Z-crawler-00000002", "crawler"), Assert.Single(Left()));
    }

    [Fact]
    public void Runs_that_the_last_state_named_are_open_unless_the_log_behind_it_ends_them()
    {
        Dead(slot =>
        {
            slot.Log.OpenRuns = () => [KeyValuePair.Create("named-and-ended", "a"), KeyValuePair.Create("named", "b")];
            slot.Log.SaveState(isClean: false);
            Write(slot, "run_end", "named-and-ended");
        });

        Assert.Equal(KeyValuePair.Create("named", "b"), Assert.Single(Left()));
    }

    [Fact]
    public void Only_the_envelope_says_which_run_an_event_belongs_to()
    {
        Dead(slot =>
        {
            Write(slot, "note", "x", """{"text":"\"event\":\"run_start\"","run_id":"y"}""");
            Write(slot, "run_metrics", "z");
        });

        Assert.Empty(Left());
    }

    [Fact]
    public void A_run_of_a_writer_that_died_before_its_state_said_that_it_had_begun_is_left_open()
    {
        WriterSlot.Open(_rig.Settings).Release();
        var killed = WriterSlot.Open(_rig.Settings, notesBegin: false);
        Write(killed, "run_start", "20260301T120000Z-crawler-00000001");
        killed.Forget();

        Assert.Equal(KeyValuePair.Create("20260301T120000Z-crawler-00000001", "crawler"), Assert.Single(Left()));
    }

    // What the ring of a dead writer holds beside a full disk goes on with the next one, whose own events come behind it.
    [Fact]
    public void An_end_that_stands_in_the_ring_alone_is_an_end_while_the_disk_is_full()
    {
        Dead(slot =>
        {
            Write(slot, "run_start", "ended");
            BringToLog(slot);
            _rig.Files.IsFull = true;
            Write(slot, "run_end", "ended");
        });

        using var next = WriterSlot.Open(_rig.Settings);
        Write(next, "run_start", "own");

        Assert.Empty(next.LeftRuns.Open);
        _rig.Files.IsFull = false;
    }

    [Fact]
    public void A_run_that_stands_in_the_ring_alone_is_left_open_while_the_disk_is_full_whatever_the_ring_loses_then()
    {
        Dead(slot =>
        {
            _rig.Files.IsFull = true;
            Write(slot, "run_start", "open");
        });

        using var next = WriterSlot.Open(_rig.Settings);
        next.Ring.Overwrites = true;
        while (next.Ring.Floor <= next.Start.LeftTo.Position)
        {
            Write(next, "run_start", "own");
        }

        Assert.Equal(KeyValuePair.Create("open", "crawler"), Assert.Single(next.LeftRuns.Open));
        _rig.Files.IsFull = false;
    }

    private static void BringToLog(WriterSlot slot)
    {
        var read = RingReader.TryRead(slot.Ring, slot.Log.Written, int.MaxValue, new byte[64 * 1024])!.Value;
        var bytes = new byte[read.Bytes];
        slot.Ring.Read(read.Start.Position, bytes);
        slot.Log.Append(bytes, read.Start, read.End);
        slot.Log.Sync();
        slot.Ring.AdvanceHead(read.End.Position);
    }

    [Fact]
    public void A_run_that_came_by_the_second_door_did_not_end_with_the_writer()
    {
        Dead(slot =>
        {
            Write(slot, "run_start", "own");
            Write(slot, "run_start", "of-an-agent", instance: Agent);
        });

        Assert.Equal(KeyValuePair.Create("own", "crawler"), Assert.Single(Left()));
    }

    [Fact]
    public void An_agents_run_stays_its_own_when_the_ring_went_with_the_machine()
    {
        Dead(slot =>
        {
            Write(slot, "run_start", "own");
            Write(slot, "run_start", "of-an-agent", instance: Agent);
            BringToLog(slot);
            File.Delete(slot.Ring.Path!);
        });

        Assert.Equal(KeyValuePair.Create("own", "crawler"), Assert.Single(Left()));
    }

    [Fact]
    public void Runs_of_two_dead_writers_are_left_open_when_the_second_never_wrote_a_state()
    {
        Dead(slot => Write(slot, "run_start", "first"));
        var second = WriterSlot.Open(_rig.Settings, notesBegin: false);
        Write(second, "run_start", "second");
        Write(second, "run_start", "of-an-agent", instance: Agent);
        second.Forget();

        Assert.Equal(["first", "second"], Left().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_writer_that_is_not_known_has_all_runs_for_its_own()
    {
        Dead(slot =>
        {
            slot.Ring.ForgetWriter();
            slot.TrySaveState(isClean: false);
            Write(slot, "run_start", "copied-from-a-lost-slot", instance: Agent);
        });

        Assert.Equal("copied-from-a-lost-slot", Assert.Single(Left()).Key);
    }

    [Fact]
    public void A_start_that_dies_at_any_change_behind_a_failed_fsync_hides_no_open_run()
    {
        for (var changes = 0; changes < 20; changes++)
        {
            var run = $"open-{changes}";
            Dead(slot =>
            {
                Write(slot, "run_start", run);
                BringToLog(slot);
            });
            Array.ForEach(Directory.GetFiles(_rig.Settings.Placement.Directory!), File.Delete);
            _rig.Files.FailSync(1);
            _rig.Files.MakeReadOnly(_rig.Settings.Base.SinkStates);
            Dead(marked => Assert.NotNull(marked.Ring.FailedSync));
            _rig.Files.MakeWritable(_rig.Settings.Base.SinkStates);
            try
            {
                WriterSlot.Open(_rig.Settings with { Files = new DyingFileSystem(_rig.Files, changes) }, notesBegin: false).Forget();
            }
            catch (IOException)
            {
                // It was killed.
            }

            Assert.Contains(run, Left().Keys);
        }
    }

    [Fact]
    public void After_a_clean_end_nothing_is_left_open()
    {
        using (var slot = WriterSlot.Open(_rig.Settings))
        {
            Write(slot, "run_start", "open");
            BringToLog(slot);
        }

        Assert.Empty(Left());
    }
}
