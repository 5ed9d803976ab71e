using System.Text.Json;
using TelemetryActors.Configuration;
using TelemetryActors.Ring;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Processes;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S2.61")]
[Trait("Feature", "D.9")]
public sealed class ConsentSpec : IDisposable
{
    private readonly ProcessFolder _folder = new();
    private readonly LoopbackHttpServer _server = new();

    private ConsentStore Consent => new(DiskFileSystem.Instance, _folder.Base, TimeProvider.System, new SlotTails(DiskFileSystem.Instance, _folder.Base, null, new RingPlacement(_folder.Rings, "spec")));

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_upload_that_finds_another_writers_slot_sends_only_what_was_recorded_there_after_consent(bool isKilled)
    {
        Configure();
        using var early = Start("early", upload: false);
        early.Record("before");
        Consent.Grant("jane");
        early.Record("after");
        if (isKilled)
        {
            early.Kill();
        }

        using var uploader = Start("uploader");
        uploader.Record("own");

        Eventually.True(() => Uploaded().Contains("own") && Uploaded().Contains("after"), () => string.Join(",", Uploaded()));
        Assert.DoesNotContain("before", Uploaded());
    }

    [Fact]
    public void Nothing_of_an_earlier_consent_goes_after_it_was_taken_back_and_given_again()
    {
        Consent.Grant("jane");
        _server.AnswerWith(500);
        using (var first = Start("first"))
        {
            first.Record("under_the_first");
            Eventually.True(() => Uploaded().Contains("under_the_first"));
            Consent.Deny("jane");
            first.Record("while_denied");
            first.Kill();
        }

        var tries = _server.Requests.Count;
        _server.AnswerWith(200);
        Consent.Grant("jane");
        using var second = Start("second");
        second.Record("under_the_second");

        Eventually.True(() => Uploaded(tries).Contains("under_the_second"), () => string.Join(",", Uploaded(tries)));
        Assert.DoesNotContain("under_the_first", Uploaded(tries));
        Assert.DoesNotContain("while_denied", Uploaded());
    }

    [Fact]
    public void What_was_recorded_under_DO_NOT_TRACK_stays_here_when_the_variable_is_gone()
    {
        Configure();
        Consent.Grant("jane");
        using var tracked = Start("tracked", upload: false);
        using (var untracked = Start("untracked", upload: true, ("DO_NOT_TRACK", "1")))
        {
            untracked.Record("untracked");
            tracked.Record("tracked");
            untracked.Kill();
        }

        using var uploader = Start("uploader");
        uploader.Record("own");

        Eventually.True(() => Uploaded().Contains("own") && Uploaded().Contains("tracked"), () => string.Join(",", Uploaded()));
        Assert.DoesNotContain("untracked", Uploaded());
    }

    [Fact]
    public void What_was_recorded_after_consent_is_not_lost_when_the_process_is_killed_before_it_was_sent()
    {
        _server.AnswerWith(429, "1");
        Configure();
        using (var first = Start("first"))
        {
            first.Record("before");
            Consent.Grant("jane");
            first.Record("after");
            first.Kill();
        }

        _server.AnswerWith(200);
        using var second = Start("second");
        second.Record("own");

        Eventually.True(() => Uploaded().Contains("own") && Uploaded().Contains("after"), () => string.Join(",", Uploaded()));
        Assert.DoesNotContain("before", Uploaded());
    }

    // An upload begins with what comes after it was first configured; from then on it misses nothing, however soon it is killed.
    private void Configure()
    {
        using var first = Start("configured");
        Eventually.True(() => File.Exists(Path.Combine(_folder.State, "sinks", "http.json")));
        first.Kill();
    }

    private WriterProcess Start(string name, bool upload = true, params (string Name, string Value)[] variables)
    {
        List<KeyValuePair<string, string>> all = [.. variables.Select(variable => KeyValuePair.Create(variable.Name, variable.Value))];
        if (upload)
        {
            all.Add(new("TelemetryActors__endpoint", _server.Address.ToString()));
            all.Add(new("TelemetryActors__maxBufferSize", "1"));
        }

        var process = new WriterProcess(_folder.Base, _folder.Rings, name, 1, crash: "told", variables: all);
        process.Record("started");
        return process;
    }

    private IReadOnlyList<string> Uploaded(int behind = 0) =>
    [
        .. _server.Requests.Skip(behind).SelectMany(request => JsonDocument.Parse(request.Body).RootElement.GetProperty("events").EnumerateArray())
            .Select(json => json.GetProperty("event").GetString()!),
    ];
}
