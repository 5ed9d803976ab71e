using System.Collections.Concurrent;
using System.Text.Json;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.Delegate;
using TelemetryActors.Sinks.Uploads;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using TelemetryActors.Tests.Client;
using Xunit;

namespace TelemetryActors.Tests.Sinks.Uploads;

/// <summary>A sink that needs consent and has a privacy policy: what the policy takes out of a batch says nothing of where its other events stand.</summary>
[Trait("Feature", "D.8")]
[Trait("Feature", "D.9")]
[Trait("Feature", "S2.61")]
public sealed class GatesSpec : IDisposable
{
    private const string Addresses = "a@b.co c@d.co e@f.co g@h.co i@j.co k@l.co m@n.co o@p.co q@r.co s@t.co u@v.co w@x.co";

    private readonly ClientRig _rig = new();
    private readonly LoopbackHttpServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _rig.Dispose();
    }

    [Fact]
    public void What_the_policy_holds_back_lets_nothing_through_that_was_recorded_untracked()
    {
        var arrived = new ConcurrentQueue<string>();
        new ConsentStore(DiskFileSystem.Instance, _rig.BaseDirectory, TimeProvider.System).Grant("jane");
        using (var tracked = _rig.Start())
        {
            Array.ForEach([1, 2, 3], number => tracked.RecordFor("jane", "personal", ("n", number)));
        }

        _rig.Variables["DO_NOT_TRACK"] = "1";
        using (var untracked = _rig.Start())
        {
            Array.ForEach([1, 2, 3], number => untracked.Record("untracked", ("n", number)));
        }

        _rig.Variables["DO_NOT_TRACK"] = "";
        using var sending = _rig.Start(options => options.AddSink(Mine(arrived)));
        sending.Record("tracked");

        Eventually.True(() => !arrived.IsEmpty);
        Assert.DoesNotContain("personal", arrived);
        Assert.DoesNotContain("untracked", arrived);
        Assert.Contains("tracked", arrived);
    }

    [Fact]
    public async Task What_the_policy_makes_longer_moves_no_event_behind_the_consent_and_a_preview_shows_what_goes()
    {
        var ahead = new ManualTime(TimeProvider.System.GetUtcNow().AddYears(5));
        using (var early = _rig.Start(options => (options.Time, options.Redaction.Enabled) = (ahead, false)))
        {
            foreach (var number in Enumerable.Range(0, 10))
            {
                early.Record("dated_ahead", ("n", number), ("note", Addresses));
            }

            new ConsentStore(DiskFileSystem.Instance, _rig.BaseDirectory, TimeProvider.System).Grant("jane");
        }

        using (var covered = _rig.Start())
        {
            covered.Record("covered");
        }

        BeginAtTheOldest();
        var preview = await new UploadPreview(DiskFileSystem.Instance, StartSettings.Find(Community())).BodiesAsync("community");
        using var telemetry = TelemetryClient.Start(Community());
        await telemetry.FlushSinksAsync(Eventually.DefaultBound, "community");

        var sent = _server.Requests.SelectMany(request => Names(request.Body)).ToList();
        Assert.Contains("covered", sent);
        Assert.DoesNotContain("dated_ahead", sent);
        Assert.True(preview.ArePending);
        Assert.Equal(Names(preview.Bodies[0]), Names(_server.Requests[0].Body).Take(Names(preview.Bodies[0]).Count));
    }

    private static SinkDefinition Mine(ConcurrentQueue<string> arrived)
    {
        var sink = DelegateSinkRegistration.Define("mine", (batch, _) =>
        {
            foreach (var line in batch.Events())
            {
                arrived.Enqueue(NameOf(JsonDocument.Parse(line).RootElement));
            }

            return ValueTask.CompletedTask;
        });
        return sink with { NeedsConsent = true, Policy = SinkPolicies.Custom with { Privacy = PrivacyPolicy.Reject, FlushEvents = 1 } };
    }

    // A sink that knows another slot begins with the oldest event of this one.
    private void BeginAtTheOldest() => File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_rig.BaseDirectory, "state", "sinks")).FullName, "community.json"), """
        {"version":1,"paused":false,"commands_read":0,"rejections_in_a_row":0,"circuit":{"state":"closed","failures_in_a_row":0,"openings_in_a_row":0,"misconfigured":false},
        "slots":[{"slot":9,"cursor":{"stream":"0000000000000009","position":0,"ordinal":0},"tail":{"stream":"0000000000000009","position":0,"ordinal":0},
        "accepted_from":0,"carried":0,"replayed":0,"delivered":0,"dead_lettered":0,"dropped":{}}],"delivered_ahead":[]}
        """);

    private TelemetryOptions Community()
    {
        var options = _rig.Options();
        options.EnableCommunity = true;
        options.AddCommunity(community => (community.Endpoint, community.SendEvents) = (_server.Address, true));
        return options;
    }

    private static IReadOnlyList<string> Names(byte[] body) =>
        [.. JsonDocument.Parse(body).RootElement.GetProperty("events").EnumerateArray().Select(NameOf)];

    private static string NameOf(JsonElement line) => line.GetProperty("event").GetString()!;
}
