using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Cli.Doctor;

/// <summary>Counts below zero, and dead letters against their count, as <c>doctor</c> finds them in the files.</summary>
[Trait("Feature", "S4.7")]
public sealed class DoctorLettersSpec : IDisposable
{
    private const string Sink = "s3";

    private static readonly StreamId Stream = new(7);
    private static readonly StreamId Taken = new(8);

    private readonly TelemetryProgram _program = new();

    public DoctorLettersSpec() => _program.Record(client => client.Record("step"));

    private string Letters => SinkPaths.DeadLetters(_program.Base, Sink);

    public void Dispose() => _program.Dispose();

    [Fact]
    public void Counts_below_zero_are_faults_though_the_account_balances()
    {
        Keep(Account(delivered: 6, dead: 0), SinkState.Fresh with { Redelivered = new SinkAccount { Carried = -1, DeadLettered = -1 } });

        var output = Doctor(1);

        Assert.Contains($"fault: {Sink}: dead is -1: no count is below zero", output, StringComparison.Ordinal);
        Assert.Contains("holds 0 dead letters, -1 were counted", output, StringComparison.Ordinal);
    }

    [Fact]
    public void So_is_one_of_a_slot_that_another_slot_makes_up_for()
    {
        Keep(Account(delivered: 7, dead: -1), SinkState.Fresh with { Redelivered = new SinkAccount { Carried = 1, DeadLettered = 1 } });

        Assert.Contains($"fault: {Sink}, slot 9: dead is -1: no count is below zero", Doctor(1), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(2, 3)]
    public void As_many_letters_as_were_counted_are_in_the_file(int counted, int written)
    {
        Keep(Account(6 - counted, counted), SinkState.Fresh with { Letters = 3 });
        Write(Letters, written);

        Assert.Contains($"fault: {Letters} holds {written} dead letters, {counted} were counted", Doctor(1), StringComparison.Ordinal);
    }

    [Fact]
    public void A_letter_that_its_sink_has_not_counted_yet_is_no_fault()
    {
        Keep(Account(3, 2), SinkState.Fresh with { Letters = 2 });
        Write(Letters, 3);

        Doctor(0);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public void Letters_that_were_taken_out_are_no_fault_whether_they_stand_in_the_file_or_not(int left)
    {
        var (from, to) = (new Cursor(Taken, 0, 0), new Cursor(Taken, 100, 2));
        Keep(Account(3, 3), SinkState.Fresh with
        {
            Letters = 3,
            TakenOut = [Taken],
            Redeliveries = [new Redelivery(BatchOrigin.DeadLetters, new SinkAccount { Cursor = from, Tail = to })],
            Redelivered = new SinkAccount { Carried = -2, DeadLettered = -2 },
        });
        Write(Letters, left, last: 3);
        Write(SinkPaths.TakenLetters(_program.Base, Sink, Taken), 2);

        Doctor(0);
    }

    // A slot that has no log here: it counts as it was kept.
    private static SinkAccount Account(long delivered, long dead) => new()
    {
        Slot = 9,
        Cursor = new Cursor(Stream, 600, delivered + dead),
        Tail = new Cursor(Stream, 600, delivered + dead),
        Delivered = delivered,
        DeadLettered = dead,
    };

    private void Keep(SinkAccount account, SinkState state) =>
        new SinkStateFile(DiskFileSystem.Instance, _program.Base, Sink).Save(state with { Accounts = [account] });

    // The letters numbered up to the last.
    private static void Write(string path, int count, int? last = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var end = last ?? count;
        File.WriteAllLines(path, Enumerable.Range(end - count + 1, count).Select(number => JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["ts"] = "2026-05-05T10:00:00Z",
            ["reason"] = "no",
            ["attempt"] = 1,
            ["number"] = number,
            ["slot"] = 9,
            ["stream"] = Stream.ToString(),
            ["ordinal"] = number - 1,
            ["end_position"] = 100,
            ["event"] = new { @event = "step" },
        })));
    }

    private string Doctor(int exitCode)
    {
        var result = _program.Run("doctor");
        Assert.True(result.ExitCode == exitCode, result.Output);
        return result.Output;
    }
}
