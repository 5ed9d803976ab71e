using System.Text.Json;
using TelemetryActors.Processes;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.Doctor;

[Trait("Feature", "S1.18")]
public sealed class DoctorRingSpec : IDisposable
{
    private readonly TelemetryProgram _program = new();
    private readonly ProcessFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _program.Dispose();
    }

    private string Raw => Path.Combine(_folder.Base, "raw");

    private string Ring => Assert.Single(Directory.GetFiles(_folder.Rings, "*.ring"));

    private ProgramResult Run(int exitCode, params string[] command)
    {
        var result = _program.Run(["--base", _folder.Base, .. command]);
        Assert.True(result.ExitCode == exitCode, result.Output + result.Error);
        return result;
    }

    private JsonElement Doctor(int exitCode = 0) => JsonDocument.Parse(Run(exitCode, "doctor", "--json").Output).RootElement;

    // The log's directory is away while it lives, so that what it records from then on stays in its ring.
    private WriterProcess Killed(int logged, int left)
    {
        var writer = new WriterProcess(_folder.Base, _folder.Rings, "killed", producers: 0, crash: "told");
        for (var number = 0; number < logged; number++)
        {
            writer.Record("logged");
        }

        Directory.Move(Raw, Raw + ".away");
        File.WriteAllText(Raw, "");
        for (var number = 0; number < left; number++)
        {
            writer.Record("left");
        }

        writer.Kill();
        File.Delete(Raw);
        Directory.Move(Raw + ".away", Raw);
        return writer;
    }

    [Fact]
    [Trait("Feature", "S1.1")]
    public void What_a_killed_writer_left_in_its_ring_is_told_and_comes_with_the_next_start()
    {
        using var writer = Killed(logged: 2, left: 3);
        var state = File.ReadAllBytes(Path.Combine(_folder.State, "sinks", "jsonl.json"));
        var bytes = File.ReadAllBytes(Ring);

        var found = Doctor();
        var text = Run(0, "doctor").Output;
        var sink = TelemetryProgram.Json(Run(0, "sinks", "--json"))[0];

        var ring = Assert.Single(found.GetProperty("rings").EnumerateArray().ToList());
        var events = ring.GetProperty("events").GetInt64();
        Assert.True(events >= 3, ring.GetRawText());
        Assert.Equal((1, "left", Ring), (ring.GetProperty("slot").GetInt32(), ring.GetProperty("condition").GetString(), ring.GetProperty("path").GetString()));
        Assert.Contains($"ring of 1       {Ring}: {events} events ({ring.GetProperty("bytes").GetInt64()} bytes) that the log does not have yet; the next start brings them", text, StringComparison.Ordinal);
        Assert.Contains("slot 1          nobody: its writer is dead", text, StringComparison.Ordinal);
        Assert.Equal((events, true), (found.GetProperty("sinks")[0].GetProperty("pending").GetInt64(), found.GetProperty("sound").GetBoolean()));
        Assert.Equal(events, sink.GetProperty("pending").GetInt64());
        Assert.Equal(state, File.ReadAllBytes(Path.Combine(_folder.State, "sinks", "jsonl.json")));
        Assert.Equal(bytes, File.ReadAllBytes(Ring));

        var before = found.GetProperty("slots")[0].GetProperty("events").GetInt64();
        using var next = new WriterProcess(_folder.Base, _folder.Rings, "next", producers: 1, events: 1);
        next.WaitForExit();
        Assert.Equal(3, _folder.Logs(1).Sum(log => log.Text.Split("\"event\":\"left\"").Length - 1));
        var after = Doctor();
        Assert.True(after.GetProperty("slots")[0].GetProperty("events").GetInt64() > before + events);
        Assert.Empty(after.GetProperty("rings").EnumerateArray());
    }

    [Fact]
    [Trait("Feature", "S1.1")]
    public void A_killed_writers_ring_that_was_deleted_is_a_fault_until_the_next_start()
    {
        using var writer = Killed(logged: 2, left: 3);
        var ring = Ring;
        File.Delete(ring);

        var found = Doctor(exitCode: 1);
        var text = Run(1, "doctor").Output;

        var lost = Assert.Single(found.GetProperty("rings").EnumerateArray().ToList());
        Assert.Equal(("lost", ring), (lost.GetProperty("condition").GetString(), lost.GetProperty("path").GetString()));
        var (position, ordinal) = (lost.GetProperty("behind_position").GetInt64(), lost.GetProperty("behind_ordinal").GetInt64());
        Assert.Equal((found.GetProperty("slots")[0].GetProperty("position").GetInt64(), found.GetProperty("slots")[0].GetProperty("ordinal").GetInt64()), (position, ordinal));
        Assert.Contains(
            $"fault: slot 1: its writer did not end in order, and its ring {ring} is lost: its file is not there any more. Accepted events behind position {position}, ordinal {ordinal}, "
                + $"may be missing: it held {lost.GetProperty("missing_bytes_at_most").GetInt64()} bytes at most",
            text,
            StringComparison.Ordinal);
        Assert.Contains("1 faults", text, StringComparison.Ordinal);

        _folder.StartAndEnd("next");
        var after = Run(0, "doctor").Output;
        Assert.Contains("what a lost ring held there is in doubt", after, StringComparison.Ordinal);
        Assert.EndsWith("sound: every account balances; what a lost ring held is not known (see the notes)\n", after, StringComparison.Ordinal);
        Assert.True(Doctor(exitCode: 0).GetProperty("slots")[0].GetProperty("may_have_lost_more").GetBoolean());
    }

    [FactNeedingMounts]
    [Trait("Feature", "S1.1")]
    [Trait("Feature", "SK.9")]
    public void What_a_full_disk_let_be_overwritten_is_accounted_for_while_its_writer_lives_once_it_was_killed_and_after_the_next_start()
    {
        Directory.CreateDirectory(_folder.Base);
        using var disk = Mount.Tmpfs(_folder.Base, "size=1m");
        using var writer = _folder.Write("full", 1);
        Eventually.True(() => writer.AcceptedInAll > 100_000, () => writer.AcceptedInAll);

        var living = Doctor(1).GetProperty("sinks")[0];
        writer.Kill();
        disk.Remount("size=16m");
        var dead = Doctor(1);
        var text = Run(1, "doctor").Output;
        var listed = TelemetryProgram.Json(Run(0, "sinks", "--json"))[0];
        _folder.StartAndEnd("next");
        var after = Doctor().GetProperty("sinks")[0];

        var row = dead.GetProperty("sinks")[0];
        var (accepted, overwritten) = (Number(row, "accepted"), Overwritten(row));
        Assert.True(accepted >= writer.AcceptedInAll && overwritten > 50_000 && Number(row, "pending") > 1000, row.GetRawText());
        Assert.All([living, row, listed, after], sink => Assert.Equal(Number(sink, "accepted"), Number(sink, "delivered") + Number(sink, "pending") + Overwritten(sink)));
        Assert.True(Number(living, "accepted") > 100_000 && Overwritten(living) > 0 && Number(living, "pending") > 1000, living.GetRawText());
        Assert.Equal(row.GetRawText(), listed.GetRawText());
        Assert.Matches($"fault: {overwritten} events behind position \\d+ of slot 1 were overwritten in the ring .* the next start writes that down", text);
        Assert.Equal(overwritten, Overwritten(after));
        Assert.InRange(Number(after, "accepted") - accepted, 1, 5);
        Assert.Equal(Number(row, "delivered") + Number(row, "pending") + Number(after, "accepted") - accepted, Number(after, "delivered"));
        Assert.Contains($"sound: every account balances; the {overwritten} events that are lost are counted", Run(0, "doctor").Output, StringComparison.Ordinal);
    }

    private static long Number(JsonElement sink, string name) => sink.GetProperty(name).GetInt64();

    private static long Overwritten(JsonElement sink) => sink.GetProperty("dropped").TryGetProperty("overwritten", out var events) ? events.GetInt64() : 0;

    [Fact]
    public void A_writer_that_ended_in_order_and_one_that_lives_have_lost_nothing()
    {
        _folder.StartAndEnd("ended");
        Assert.Empty(Doctor().GetProperty("rings").EnumerateArray());

        using var living = new WriterProcess(_folder.Base, _folder.Rings, "living", producers: 0, crash: "told");
        living.Record("alive");
        Assert.Equal("in_use", Doctor().GetProperty("rings")[0].GetProperty("condition").GetString());

        File.Delete(Ring);
        Assert.Equal("in_memory", Doctor().GetProperty("rings")[0].GetProperty("condition").GetString());
        Assert.Equal(0, living.End());

        Assert.Empty(Doctor().GetProperty("rings").EnumerateArray());
    }
}
