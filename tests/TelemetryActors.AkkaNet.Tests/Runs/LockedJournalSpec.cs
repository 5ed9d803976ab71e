using Akka.Actor;
using Akka.TestKit;
using Microsoft.Data.Sqlite;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

/// <summary>A journal that blocks inside of SQLite, as on a disk that does not answer: here another program holds its lock.</summary>
public sealed class LockedJournalSpec : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Soon = Eventually.DefaultBound;

    private readonly string _directory;
    private readonly RunRig _rig;
    private readonly ManualTime _time;

    public LockedJournalSpec()
        : this(TestFolder.Create(), new ManualTime())
    {
    }

    private LockedJournalSpec(string directory, ManualTime time)
        : base(RunRig.Keeping(directory, time))
    {
        (_directory, _time) = (directory, time);
        _rig = new RunRig(this, time);
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    [Trait("Feature", "SK.8")]
    public void Events_are_taken_while_it_hangs_and_only_turns_in_a_runs_life_are_answered_late()
    {
        _rig.Start();
        _rig.Take(RunLines.Batch(RunLines.Start(1)).As(1));
        var other = _rig.Parent.ChildActorOf(RunActor.Props("another", _rig.Buffer, _rig.Settings, _time));
        other.Tell(RunLines.Batch(RunLines.Start(1, "another")).As(1, "another"), _rig.Agent);
        _rig.Append();
        _rig.Agent.ExpectMsg<RunBatchTaken>(Soon);

        using (Lock())
        {
            other.Tell(RunLines.Batch(RunLines.End(2, run: "another")).As(2, "another"), _rig.Agent);
            _rig.Append();
            Assert.Equal(new RunBatchTaken(3, 1, 0), _rig.Take(RunLines.Batch(RunLines.Event(2)).As(3)));
            for (var number = 4; number < 4 + _rig.Settings.MaxHeld + 2; number++)
            {
                other.Tell(RunLines.Batch(RunLines.Event(number, "another")).As(number, "another"), _rig.Agent);
            }

            Assert.Contains("wait for its journal", _rig.Agent.ExpectMsg<RunBatchRefused>(Soon).Reason);
        }

        Assert.Equal(2, _rig.Agent.ExpectMsg<RunBatchTaken>(Soon).BatchId);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        TestFolder.Delete(_directory);
    }

    private SqliteConnection Lock()
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(_directory, "state", RunJournal.FileName)};Pooling=False");
        connection.Open();
        using var begin = connection.CreateCommand();
        begin.CommandText = "BEGIN EXCLUSIVE";
        begin.ExecuteNonQuery();
        return connection;
    }
}
