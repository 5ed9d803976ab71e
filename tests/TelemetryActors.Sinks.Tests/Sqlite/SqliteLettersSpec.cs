using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Sqlite;

/// <summary>Lines that are no events: the store's cursor passes them in the batch's transaction, their dead letters are written after it.</summary>
[Trait("Feature", "S4.18")]
public sealed class SqliteLettersSpec : IDisposable
{
    private const string NoEvent = "{\"n\":1}";

    private readonly StoreFolder _folder = new();
    private readonly FaultyFileSystem _files = new(DiskFileSystem.Instance);
    private readonly MemoryEventSource _source = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_letter_that_was_not_written_before_the_process_ended_is_written_by_the_next_and_nothing_is_stored_twice()
    {
        _files.MakeReadOnly(Path.GetDirectoryName(SinkPaths.DeadLetters(_folder.Base, SqliteKit.SinkName))!);
        await using (var first = Start())
        {
            // Before its first state is kept, a sink that knows more than the state goes on from what it knows.
            _source.Append(1);
            Eventually.True(HasSettled, between: Tick);
            Append(2, NoEvent, 2);
            Eventually.True(() => Status(first).Delivered >= 3, () => Status(first), Tick);
            Eventually.Equal(1L, () => _folder.Number("SELECT sum(dead_lettered) FROM sink_accounts"), Tick);
        }

        Assert.False(File.Exists(SinkPaths.DeadLetters(_folder.Base, SqliteKit.SinkName)));
        _files.MakeWritable(Path.GetDirectoryName(SinkPaths.DeadLetters(_folder.Base, SqliteKit.SinkName))!);
        await using var second = Start();

        Eventually.True(() => Status(second) is { Pending: 0, DeadLettered: 1 }, () => Status(second), Tick);
        Eventually.Equal("3", Letters, Tick);
        Assert.Equal((5L, true), (Status(second).Delivered, Status(second).Accounts.All(account => account.IsBalanced)));
        Assert.Equal(5, _folder.Number("SELECT count(*) FROM run_events"));
    }

    [Fact]
    public async Task A_letter_that_was_written_is_not_written_again_by_the_next_start()
    {
        await using (var first = Start())
        {
            Append(3, NoEvent, 2);
            Eventually.Equal(6L, () => Status(first).Delivered + Status(first).DeadLettered, Tick);
            Eventually.Equal("3", Letters, Tick);
        }

        await using var second = Start();
        _source.Append(1);

        Eventually.Equal(6L, () => Status(second).Delivered, Tick);
        Eventually.Equal("3", Letters, Tick);
    }

    [Fact]
    public async Task Lines_of_a_batch_that_are_all_no_events_all_become_letters()
    {
        await using var engine = Start();

        Append(0, NoEvent, 0);
        Append(0, NoEvent, 0);

        Eventually.Equal(0L, () => Status(engine).Pending, Tick);
        Eventually.Equal("0 1", Letters, Tick);
        Assert.Equal((0L, 2L), (Status(engine).Delivered, Status(engine).DeadLettered));
    }

    [Fact]
    public void A_batch_that_comes_again_tells_again_what_is_no_event()
    {
        var sink = _folder.Sink();
        string[] lines = [Batches.Line("one", 1), "bad", Batches.Line("three", 3)];

        var outcomes = Enumerable.Range(0, 2).Select(_ => sink.Take(Batches.All(lines))).ToList();
        sink.Close();

        Assert.All(outcomes, outcome => Assert.Equal(1, Assert.Single(Assert.IsType<SinkOutcome.PartlyDelivered>(outcome).Items).Index));
        Assert.Equal((2L, 1L), (_folder.Number("SELECT count(*) FROM run_events"), _folder.Number("SELECT dead_lettered FROM sink_accounts")));
    }

    private void Append(int before, string bad, int after)
    {
        _source.Append(before);
        _source.Append(System.Text.Encoding.UTF8.GetBytes(bad));
        _source.Append(after);
    }

    private LocalEngine Start()
    {
        var engine = new LocalEngine(new PipelineDefinition([_folder.Definition()]), new EngineEnvironment
        {
            BaseDirectory = _folder.Base,
            Files = _files,
            Sources = () => [_source],
            Signal = _source,
            Raise = _ => { },
            Time = _folder.Time,
            Jitter = () => 0,
        });
        engine.Start();
        return engine;
    }

    private string Letters()
    {
        var path = SinkPaths.DeadLetters(_folder.Base, SqliteKit.SinkName);
        return File.Exists(path) ? string.Join(' ', File.ReadAllLines(path).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("ordinal").GetInt64())) : "";
    }

    private bool HasSettled() => AtomicFile.TryRead(_files, SinkPaths.State(_folder.Base, SqliteKit.SinkName)) is { } kept && SinkStateFormat.Read(kept).Accounts.Count > 0;

    private static SinkStatus Status(LocalEngine engine) => engine.Statuses.Single();

    private void Tick() => _folder.Time.Advance(TimeSpan.FromMilliseconds(100));
}
