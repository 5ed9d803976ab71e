using System.Globalization;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Browsing;

public sealed class IdAuditSpec : IDisposable
{
    private const string File = "events_20261120.ndjson";
    private const string Own = "owncollecto";
    private const string Agent = "agentagenta";
    private const string Other = "otherothero";

    private readonly LogDirectory _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    [Trait("Feature", "SK.8")]
    public void What_agents_sent_to_several_collectors_has_holes_in_each_and_is_no_fault()
    {
        Write((Own, 1), (Agent, 19), (Agent, 39), (Other, 4), (Agent, 20), (Other, 9), (Own, 2));

        Assert.Empty(Faults());
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void An_agent_whose_lines_stand_in_order_among_the_slots_own_may_have_holes_too()
    {
        Write((Own, 1), (Agent, 19), (Agent, 39), (Own, 2));

        Assert.Empty(Faults());
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_hole_in_the_ids_of_the_slots_own_process_is_one_whatever_agents_sent()
    {
        Write((Own, 1), (Agent, 19), (Agent, 39), (Own, 4));
        KeepState();

        Assert.Contains($"2 ids of {Own} before 4 are missing", Assert.Single(Faults()));
    }

    [Fact]
    public void Without_lines_of_others_every_process_of_the_slot_proves_its_own()
    {
        Write((Agent, 1), (Agent, 3), (Own, 2), (Own, 3));

        Assert.Equal(2, Faults().Count);
    }

    [Fact]
    public void What_a_failing_disk_made_its_writer_write_twice_is_its_own_still()
    {
        Write((Own, 1), (Own, 2), (Own, 3));
        _log.Append("events_20261120.001.ndjson", LogDirectory.Anchor(80), Line(Own, 2), Line(Own, 3), Line(Own, 5));

        Assert.Contains($"1 ids of {Own} before 5 are missing", Assert.Single(Faults()));
    }

    [Fact]
    [Trait("Feature", "S4.18")]
    public void A_damaged_line_beside_what_agents_sent_is_not_said_to_have_held_what_went_to_other_collectors()
    {
        Write((Own, 1), (Agent, 1));
        _log.Append(File, "scribbled\n", Line(Agent, 9), Line(Own, 2), Line(Agent, 12));
        KeepState();

        Assert.Equal((1, 0), (Damage().Lines, Damage().Ids));
    }

    [Fact]
    [Trait("Feature", "S4.18")]
    public void A_damaged_line_that_was_the_first_of_its_process_is_named_once()
    {
        Write((Other, 1), (Other, 2));
        _log.Append(File, "scribbled\n", Line(Own, 2), Line(Own, 3));

        Assert.Equal((1, 1), (Damage().Lines, Damage().Ids));
        Assert.Empty(Faults());
    }

    [Fact]
    [Trait("Feature", "S4.18")]
    public void What_another_slots_log_holds_of_a_process_was_not_lost_with_its_first_line_here()
    {
        Write((Other, 1));
        _log.Append(File, "scribbled\n", Line(Own, 5));
        _log.Append("events_20261120-s2.ndjson", LogDirectory.Anchor(0, stream: 2), Line(Own, 1), Line(Own, 2), Line(Own, 3));

        Assert.Equal((1, 1), (Damage().Lines, Damage().Ids));
        Assert.Empty(Faults());
    }

    private void Write(params (string Instance, int Number)[] ids) =>
        _log.Append(File, [LogDirectory.Anchor(0), .. ids.Select(id => Line(id.Instance, id.Number))]);

    private static string Line(string instance, int number) => LogDirectory.Line(number, "x", string.Create(CultureInfo.InvariantCulture, $",\"id\":\"{instance}-{number:D14}\""));

    private void KeepState()
    {
        var folder = new LogFolder(DiskFileSystem.Instance, _log.Base, null, slot: 1);
        var state = new LogState(new StreamId(1), IsClean: false, 0, default, [], []) { Writer = Own };
        Directory.CreateDirectory(Path.GetDirectoryName(folder.StateFile)!);
        System.IO.File.WriteAllBytes(folder.StateFile, state.Encode());
    }

    private LogDamage Damage() => Assert.Single(LogAudit.Examine(SlotLog.All(DiskFileSystem.Instance, _log.Base)).Logs.SelectMany(log => log.Damage).ToList());

    private IReadOnlyList<string> Faults()
    {
        var logs = SlotLog.All(DiskFileSystem.Instance, _log.Base);
        var audits = logs.Select(IdAudit.Read).ToList();
        return [.. audits.SelectMany(audit => audit.FaultsBeside(audits))];
    }
}
