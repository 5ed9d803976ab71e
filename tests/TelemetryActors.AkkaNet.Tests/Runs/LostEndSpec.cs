using Akka.Actor;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Runs;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

/// <summary>A run of this process that ends while nobody can hear it.</summary>
public sealed class LostEndSpec : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Soon = Eventually.DefaultBound;
    private readonly string _directory = TestFolder.Create();

    public LostEndSpec()
        : base(EngineSettings.Reference.WithFallback(SpecSettings.Quiet))
    {
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    [Trait("Feature", "SK.8")]
    public async Task A_run_that_ended_while_the_parent_of_runs_was_gone_is_not_given_up()
    {
        await using var client = Start();
        var run = client.StartRun("crawler", "nightly");
        Eventually.Equal(RunStatus.Running, () => Ask(client, run.Id)?.Status);
        var runs = await Sys.ActorSelection(Guardian(client).Path / "runs").ResolveOne(Soon);
        Watch(runs);
        Sys.Stop(runs);
        ExpectTerminated(runs, Soon);

        run.End();

        Eventually.Equal(RunStatus.Success, () => Ask(client, run.Id)?.Status);
        Assert.Single(Ends(run.Id));
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public async Task A_query_that_names_no_run_is_answered()
    {
        await using var client = Start();

        Assert.Null(Ask(client, ""));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        TestFolder.Delete(_directory);
    }

    private static IActorRef Guardian(TelemetryClient client) => ((AkkaEngine)client.Pipeline.Engine!).Guardian;

    private TelemetryClient Start() => TelemetryClient.Start("crawler", options =>
    {
        options.BaseDirectory = _directory;
        options.TrackSessions = false;

        // Longer than a starved machine takes from one sign of life to the next.
        options.RunLease = TimeSpan.FromSeconds(30);
        options.RunOnActors(Sys);
    });

    private RunRecord? Ask(TelemetryClient client, string run)
    {
        // Whoever asks while the parent of runs is gone has no answer, and asks again.
        var asker = CreateTestProbe();
        RunAnswer? answer = null;
        Eventually.True(
            () => (answer = asker.ReceiveOne(TimeSpan.FromSeconds(1)) as RunAnswer) is not null,
            between: () => Guardian(client).Tell(new RunQuery(run), asker));
        return answer!.Record;
    }

    private List<string> Ends(string run) =>
        [.. Directory.GetFiles(Path.Combine(_directory, "raw"), "*.ndjson").SelectMany(File.ReadLines).Where(line => line.Contains(run) && line.Contains("\"run_end\""))];
}
