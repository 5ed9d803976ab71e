using System.Text.Json;
using TelemetryActors.Processes;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Tests.Client;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "D.9")]
public sealed class UntrackedStartSpec : IDisposable
{
    private readonly ClientRig _rig = new();
    private readonly LoopbackHttpServer _server = new();
    private readonly HangingFileSystem _slow = new(DiskFileSystem.Instance);
    private readonly FaultyFileSystem _faulty = new(DiskFileSystem.Instance);

    public void Dispose()
    {
        _slow.Dispose();
        _server.Dispose();
        Eventually.True(TryDelete);
    }

    // The thread that hung may still be at work there.
    private bool TryDelete()
    {
        try
        {
            _rig.Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private TelemetryClient StartUntracked(Action<TelemetryOptions> configure)
    {
        _rig.Variables["DO_NOT_TRACK"] = "1";
        try
        {
            return _rig.Start(configure);
        }
        finally
        {
            _rig.Variables.Remove("DO_NOT_TRACK");
        }
    }

    private TelemetryClient StartUpload() => _rig.Start(options => options.AddHttp(_server.Address, http => http.MaxBufferSize = 1));

    private static SinkStatus Http(TelemetryClient telemetry) => telemetry.Sinks.Single(sink => sink.Name == "http");

    private IReadOnlyList<string> Uploaded() =>
    [
        .. _server.Requests.SelectMany(request => JsonDocument.Parse(request.Body).RootElement.GetProperty("events").EnumerateArray())
            .Select(json => json.GetProperty("event").GetString()!),
    ];

    // The log's thread is through with the disk before the slot is: what it wrote is for every other process to read.
    [Fact]
    public async Task What_is_recorded_untracked_stays_here_when_its_start_goes_on_without_the_disk()
    {
        await using (var first = StartUpload())
        {
            first.Consent.Grant("jane");
            first.Record("first");
            Assert.True(await first.FlushSinksAsync(Eventually.DefaultBound, "http"));
        }

        _slow.HangAt(path => path.EndsWith(".lock", StringComparison.Ordinal));
        await using var untracked = StartUntracked(options =>
        {
            options.Files = _slow;
            options.StartBudget = TimeSpan.FromMilliseconds(50);
        });
        untracked.Record("untracked");
        Assert.True((await untracked.FlushAsync()).IsDurable);
        var slot = untracked.Pipeline.Slot.Number;
        await using var uploader = StartUpload();
        uploader.Record("own");

        Eventually.True(
            () => Uploaded().Contains("own") && Http(uploader).Accounts.Any(account => account.Slot == slot && account is { Pending: 0, Cursor.Ordinal: > 0 }),
            () => string.Join(' ', Http(uploader).Accounts));
        Assert.DoesNotContain("untracked", Uploaded());
    }

    [Fact]
    public async Task Nothing_recorded_untracked_comes_to_the_log_before_the_disk_has_taken_the_note()
    {
        await using (var first = _rig.Start())
        {
            first.Record("first");
        }

        var state = Path.Combine(_rig.BaseDirectory, "state");
        _faulty.MakeReadOnly(state);
        await using var untracked = StartUntracked(options => options.Files = _faulty);
        untracked.Record("untracked");
        var refused = await untracked.FlushAsync();
        var logged = _rig.Names();
        _faulty.MakeWritable(state);

        Eventually.True(() => untracked.FlushAsync().AsTask() is { IsCompletedSuccessfully: true, Result.IsDurable: true }, () => untracked.Sinks[0]);
        Assert.Contains("denied", refused.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("untracked", logged);
        Assert.Contains("untracked", _rig.Names());
        Assert.True(File.Exists(Path.Combine(state, $"untracked-s{untracked.Pipeline.Slot.Number}.ndjson")));
    }
}
