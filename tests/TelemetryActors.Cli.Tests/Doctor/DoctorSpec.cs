using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Cli.Doctor;

public sealed class DoctorSpec : IDisposable
{
    private readonly TelemetryProgram _program = new();

    public DoctorSpec() =>
        _program.Record(client => Enumerable.Range(0, 20).ToList().ForEach(i => client.Record("step", ("n", i))));

    public void Dispose() => _program.Dispose();

    private string LogFile => Directory.GetFiles(Path.Combine(_program.Base, "raw"), "*.ndjson")[0];

    [Fact]
    [Trait("Feature", "S4.7")]
    public void Says_that_all_is_there_and_why_it_is_where_it_is()
    {
        _program.Record(client => client.Record("again"));

        var result = _program.Run("doctor", "--json");

        var found = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(0, result.ExitCode);
        Assert.True(found.GetProperty("sound").GetBoolean());
        Assert.Equal((_program.Base, "it was given"), (found.GetProperty("base").GetString(), found.GetProperty("base_reason").GetString()));
        Assert.NotEqual("", found.GetProperty("ring_reason").GetString());
        Assert.Equal(21, found.GetProperty("slots")[0].GetProperty("ordinal").GetInt64());
        Assert.Contains("sound: nothing is missing", _program.Run("doctor").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_the_file_and_the_place_of_a_line_that_is_missing()
    {
        var lines = File.ReadAllLines(LogFile).ToList();
        lines.RemoveAt(10);
        File.WriteAllLines(LogFile, lines);

        var result = _program.Run("doctor");

        Assert.Equal(1, result.ExitCode);
        Assert.Matches($@"fault: {LogFile} at offset \d+: 1 ids of \w+ before 11 are missing", result.Output);
        Assert.Contains("1 events behind it are missing", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Notices_a_file_that_was_deleted()
    {
        File.Delete(LogFile);
        _program.Record(client => client.Record("after"));

        var result = _program.Run("doctor");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("20 events before it are missing", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Notices_accounts_that_do_not_balance_cursors_that_count_otherwise_and_dead_letters_that_are_gone()
    {
        var stretch = Browsing.SlotLog.All(DiskFileSystem.Instance, _program.Base)[0].Files.Index.Last!;
        var second = stretch.Start.Position + File.ReadAllLines(LogFile)[1].Length + 1;
        var cursor = new Cursor(stretch.Start.Stream, second, 3);
        new SinkStateFile(DiskFileSystem.Instance, _program.Base, "s3").Save(new SinkState
        {
            Accounts = [new SinkAccount { Slot = 1, Cursor = cursor, Tail = cursor, Delivered = 1, DeadLettered = 1 }],
        });

        var result = _program.Run("doctor");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("s3, slot 1: accepted 20 is not delivered 1", result.Output, StringComparison.Ordinal);
        Assert.Contains($"its cursor at position {second} counts 3 events, {LogFile} counts 1", result.Output, StringComparison.Ordinal);
        Assert.Contains("holds 0 dead letters, 1 were counted", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Tells_the_owners_of_the_slots()
    {
        _program.Record(client =>
        {
            client.Record("alive");

            Assert.Contains($"process {Environment.ProcessId}", _program.Run("doctor").Output, StringComparison.Ordinal);
        });
    }
}
