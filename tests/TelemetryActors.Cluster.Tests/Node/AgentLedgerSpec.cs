using TelemetryActors.ClusterNode.Trial;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Node;

[Trait("Feature", "SK.8")]
public sealed class AgentLedgerSpec : IAsyncLifetime
{
    private const string Sink = "cluster";
    private readonly string _directory = Directory.CreateTempSubdirectory("ta-ledger-").FullName;
    private readonly List<(Cursor At, string Line)> _ofRun = [];
    private int _recorded;

    public async Task InitializeAsync()
    {
        await using (var client = TelemetryClient.Start(new TelemetryOptions { BaseDirectory = _directory, Agent = "agent" }))
        {
            var run = client.StartRun("agent", "trial");
            run.Record("one");
            run.Record("two");
            run.End(Runs.RunStatus.Success);
        }

        foreach (var (_, at, line) in BaseLines.Of(_directory))
        {
            _recorded++;
            if (line.RunId is not null)
            {
                _ofRun.Add((at, System.Text.Encoding.UTF8.GetString(line.Bytes.Span)));
            }
        }
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public void What_is_before_the_cursor_is_acknowledged_and_the_rest_is_not()
    {
        Keep(_ofRun[2].At);

        var ledger = Look();

        Assert.Equal((_recorded, _ofRun[2].At.Ordinal, 2, 0), (ledger.Recorded, ledger.Acknowledged.Distinct, ledger.Outstanding, ledger.SetAside));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_set_aside_is_not_acknowledged_whatever_the_cursor_says_nor_while_it_is_sent_once_more(bool isUnderWay)
    {
        Keep(_ofRun[^1].At with { Ordinal = _recorded });
        var path = isUnderWay ? SinkPaths.TakenLetters(_directory, Sink, new StreamId(7)) : SinkPaths.DeadLetters(_directory, Sink);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines(path, [LetterOf(1), LetterOf(2)]);

        var ledger = Look();

        Assert.Equal((_recorded, _recorded - 2, 2, 2), (ledger.Recorded, ledger.Acknowledged.Distinct, ledger.Outstanding, ledger.SetAside));
    }

    private void Keep(Cursor cursor) =>
        new SinkStateFile(DiskFileSystem.Instance, _directory, Sink).Save(new SinkState { Accounts = [new SinkAccount { Slot = 1, Cursor = cursor, Tail = cursor }] });

    private AgentLedger Look()
    {
        var ledger = new AgentLedger();
        ledger.Add(_directory);
        return ledger;
    }

    private string LetterOf(int index) =>
        $$"""{"ts":"2026-03-01T12:00:00Z","reason":"set aside until its run is taken: no","attempt":1,"number":{{index}},"slot":1,"stream":"{{_ofRun[index].At.Stream}}","ordinal":{{_ofRun[index].At.Ordinal}},"end_position":0,"event":{{_ofRun[index].Line}}}""";
}
