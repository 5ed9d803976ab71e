using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

/// <summary>A service whose disk does not give the journal of runs: here a directory stands in the database's place.</summary>
public sealed class PatientJournalSpec : Akka.TestKit.Xunit2.TestKit
{
    private readonly string _directory;
    private readonly ManualTime _time;
    private readonly RunRig _rig;
    private readonly TestProbe _errors;
    private readonly List<string> _failures = [];

    public PatientJournalSpec()
        : this(TestFolder.Create(), new ManualTime())
    {
    }

    private PatientJournalSpec(string directory, ManualTime time)
        : base(ConfigurationFactory.ParseString("akka { loglevel = ERROR, loggers = [] }").WithFallback(RunRig.Keeping(directory, time)))
    {
        (_directory, _time) = (directory, time);
        _rig = new RunRig(this, time);
        _errors = CreateTestProbe();
        Sys.EventStream.Subscribe(_errors, typeof(Error));
        Directory.CreateDirectory(Database);
    }

    private string Database => Path.Combine(_directory, "state", RunJournal.FileName);

    [Theory]
    [Trait("Feature", "SK.3")]
    [Trait("Feature", "SK.7")]
    [InlineData("Failure during")]
    [InlineData("Error during")]
    public void A_database_that_cannot_be_opened_is_tried_again_after_a_rest_each_time(string failure)
    {
        var began = _time.GetUtcNow();
        _rig.Start();

        Eventually.True(() => Failures(failure) >= 5, () => Failures(failure), () => _time.Advance(TimeSpan.FromSeconds(1)));

        Assert.InRange(Failures(failure), 5, 1 + (int)((_time.GetUtcNow() - began) / RunJournal.Rest));
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void Runs_are_kept_as_soon_as_it_can_be_opened()
    {
        _rig.Start();
        Eventually.Equal(1, () => Failures("Failure during"));
        Eventually.Equal(1, () => Failures("Error during"));
        Directory.Delete(Database);

        Eventually.True(() => File.Exists(Database), between: () => _time.Advance(TimeSpan.FromSeconds(1)));
        _rig.Lose();
        Assert.Equal(new RunBatchTaken(1, 1, 0), _rig.Take(RunLines.Batch(RunLines.Start(1)).As(1)));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        TestFolder.Delete(_directory);
    }

    private int Failures(string text)
    {
        while (_errors.HasMessages)
        {
            _failures.Add(_errors.ReceiveOne().ToString()!);
        }

        return _failures.Count(failure => failure.Contains(text, StringComparison.Ordinal));
    }
}
