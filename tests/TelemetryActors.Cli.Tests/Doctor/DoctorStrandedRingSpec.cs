using System.Text.Json;
using TelemetryActors.Processes;
using Xunit;

namespace TelemetryActors.Cli.Doctor;

/// <summary>Two containers of one machine share a base directory; each has memory of its own, so that neither sees the other's rings.</summary>
[Trait("Feature", "S1.18")]
[Trait("Feature", "S1.1")]
public sealed class DoctorStrandedRingSpec : IDisposable
{
    private readonly TelemetryProgram _program = new();
    private readonly ProcessFolder _folder = new();
    private readonly DirectoryInfo _memories = Directory.CreateTempSubdirectory("memories-");

    public void Dispose()
    {
        _memories.Delete(recursive: true);
        _folder.Dispose();
        _program.Dispose();
    }

    private string Raw => Path.Combine(_folder.Base, "raw");

    private string[] In(string container, string host)
    {
        var memory = _memories.CreateSubdirectory(container).FullName;
        return ["unshare", "-m", "-u", "sh", "-c", $"hostname {host} && mount --bind {memory} {_folder.Rings} && exec \"$@\"", "sh"];
    }

    private string[] Rings(string container) => Directory.GetFiles(Path.Combine(_memories.FullName, container));

    private WriterProcess Write(string[] place, string name) => new(_folder.Base, _folder.Rings, name, producers: 0, before: place, crash: "told");

    private JsonElement Doctor(string[] place, int exitCode)
    {
        _program.Variables["TELEMETRY_RING_DIR"] = _folder.Rings;
        var result = _program.RunUnder(place, "--base", _folder.Base, "doctor", "--json");
        Assert.True(result.ExitCode == exitCode, result.Output + result.Error);
        return JsonDocument.Parse(result.Output).RootElement;
    }

    private static string[] Texts(JsonElement doctor, string name) => [.. doctor.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];

    // The log's directory is away while it lives, so that what it records from then on stays in its ring.
    private void DieIn(string[] place, int logged, int left)
    {
        using var writer = Write(place, "killed");
        Record(writer, logged, "told");
        Directory.Move(Raw, Raw + ".away");
        File.WriteAllText(Raw, "");
        Record(writer, left, "told");
        writer.Kill();
        File.Delete(Raw);
        Directory.Move(Raw + ".away", Raw);
    }

    private static void Record(WriterProcess writer, int events, string name)
    {
        for (var number = 0; number < events; number++)
        {
            writer.Record(name);
        }
    }

    private string[] Ids(string name) =>
    [
        .. Directory.GetFiles(Raw, "*.ndjson").OrderBy(Path.GetFileNameWithoutExtension, StringComparer.Ordinal).SelectMany(File.ReadLines)
            .Where(line => line.Contains($"\"event\":\"{name}\"", StringComparison.Ordinal))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()!),
    ];

    [FactNeedingMounts]
    public void What_a_killed_writer_left_comes_to_the_log_when_its_container_is_back_although_another_one_has_its_slot_by_then() => Prove("a", "b");

    [FactNeedingMounts]
    public void It_comes_also_where_both_have_the_same_host_name() => Prove("same", "same");

    private void Prove(string hostOfOne, string hostOfOther)
    {
        var one = In("one", hostOfOne);
        var other = In("other", hostOfOther);
        DieIn(one, logged: 2, left: 3);
        using var living = Write(other, "living");
        living.Record("elsewhere");

        var before = Doctor(one, exitCode: 1);
        using (var next = Write(one, "next"))
        {
            next.Record("here");
            Assert.Equal(0, next.End());
        }

        var after = Doctor(one, exitCode: 0);
        living.Record("elsewhere");
        Assert.Equal(0, living.End());

        var stranded = Assert.Single(before.GetProperty("rings").EnumerateArray(), ring => ring.GetProperty("condition").GetString() == "stranded");
        var events = stranded.GetProperty("events").GetInt64();
        Assert.InRange(events, 3, 20);
        Assert.Contains(Texts(before, "faults"), fault => fault.StartsWith($"slot 1: the ring {stranded.GetProperty("path").GetString()} of a dead writer holds {events} events that the log does not have", StringComparison.Ordinal));
        Assert.Contains(Texts(after, "notes"), note => note.StartsWith($"slot 1: {events} events of a ring that another writer had gone on without", StringComparison.Ordinal));
        var told = Ids("told");
        Assert.Equal((5, 5), (told.Length, told.Distinct().Count()));
        Assert.Equal(told.Order(StringComparer.Ordinal), told);
        Assert.Equal((1, 2), (Ids("here").Length, Ids("elsewhere").Length));
        Assert.Empty(Rings("one").Concat(Rings("other")));
        Assert.Empty(_folder.LeftBehind());
        Doctor(other, exitCode: 0);
    }

    [FactNeedingMounts]
    [Trait("Feature", "S4.7")]
    public void Who_only_reads_sees_what_it_held_as_well()
    {
        var one = In("one", "a");
        DieIn(one, logged: 1, left: 3);
        using (var ended = Write(In("other", "b"), "ended"))
        {
            ended.Record("elsewhere");
            Assert.Equal(0, ended.End());
        }

        _program.Variables["TELEMETRY_RING_DIR"] = _folder.Rings;
        var shown = _program.RunUnder(one, "--base", _folder.Base, "show", "--json", "--event", "told");

        Assert.Equal((0, 4), (shown.ExitCode, shown.Lines.Length));
        Assert.Empty(Rings("one").Concat(_folder.LeftBehind()));
    }

    [FactNeedingMounts]
    public void A_slot_that_is_free_again_is_taken_with_the_ring_set_aside()
    {
        var one = In("one", "a");
        var other = In("other", "b");
        DieIn(one, logged: 1, left: 3);
        using (var ended = Write(other, "ended"))
        {
            ended.Record("elsewhere");
            Assert.Equal(0, ended.End());
        }

        using var next = Write(one, "next");
        next.Record("here");
        Assert.Equal(0, next.End());

        Assert.Equal((4, 4), (Ids("told").Length, Ids("told").Distinct().Count()));
        Assert.Empty(Rings("one").Concat(_folder.LeftBehind()));
        Doctor(one, exitCode: 0);
    }
}
