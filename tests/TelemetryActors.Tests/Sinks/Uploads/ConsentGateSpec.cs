using System.Text.Json;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.Http;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using TelemetryActors.TestKit.Sinks;
using TelemetryActors.Tests.Client;
using Xunit;

namespace TelemetryActors.Tests.Sinks.Uploads;

[Trait("Feature", "D.9")]
[Trait("Feature", "S2.61")]
public sealed class ConsentGateSpec : IDisposable
{
    private const int Slot = 3;
    private static readonly StreamId Stream = new(7);
    private static readonly DateTimeOffset Since = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _base = Directory.CreateTempSubdirectory("consent-");
    private readonly LoopbackHttpServer _server = new();
    private ConsentCover? _cover = new(Since, []);

    public void Dispose()
    {
        _server.Dispose();
        _base.Delete(recursive: true);
    }

    [Theory]
    [InlineData("""{"ts":"2026-03-01T12:00:00Z","event":"e","details":{}}""", true)]
    [InlineData("""{"ts":"2026-03-01T11:59:59.999999Z","event":"e","details":{}}""", false)]
    [InlineData("""{"ts":"2026-03-01T11:00:00Z","event":"e","details":{},"received_ts":"2026-03-01T13:00:00Z"}""", false)]
    [InlineData("""{"ts":"2026-03-01T13:00:00Z","event":"e","details":{},"received_ts":"2026-03-01T11:00:00Z"}""", false)]
    [InlineData("""{"ts":"2026-03-01T13:00:00Z","event":"e","details":{},"received_ts":"2026-03-01T13:00:00Z"}""", true)]
    [InlineData("""{"event":"e","details":{}}""", false)]
    [InlineData("{half", false)]
    public async Task No_time_of_an_event_may_lie_before_the_consent(string line, bool goes)
    {
        await Deliver(Slot, 0, line);

        Assert.Equal(goes ? 1 : 0, Sent().Count);
    }

    [Fact]
    public async Task What_stood_in_a_slot_when_consent_came_stays_whatever_its_clock_said()
    {
        _cover = new ConsentCover(Since, [new SlotTail(Slot, new Cursor(Stream, 60, 2))]);

        var outcome = await Deliver(Slot, 0, Event("a", "2031"), Event("b", "2031"), Event("c", "2031"));

        Assert.Equal(["c"], Sent());
        Assert.Equal([(0, DropReason.Privacy), (1, DropReason.Privacy)], Assert.IsType<SinkOutcome.PartlyDelivered>(outcome).Items.Select(item => (item.Index, item.Drop)));
    }

    [Theory]
    [InlineData(Slot, 8UL)]
    [InlineData(Slot + 1, 7UL)]
    public async Task A_place_of_another_slot_or_stream_says_nothing(int slot, ulong stream)
    {
        _cover = new ConsentCover(Since, [new SlotTail(slot, new Cursor(new StreamId(stream), 1_000_000, 1_000))]);

        await Deliver(Slot, 0, Event("a", "2031"));

        Assert.Equal(["a"], Sent());
    }

    [Fact]
    public async Task Ordinals_that_are_taken_again_after_a_machine_was_lost_are_told_by_their_positions()
    {
        _cover = new ConsentCover(Since, [new SlotTail(Slot, new Cursor(Stream, 60, 2))]);

        await Deliver(Slot, PositionJump.Step, Event("after_the_jump", "2031"));

        Assert.Equal(["after_the_jump"], Sent());
    }

    [Fact]
    public async Task What_was_recorded_untracked_stays_and_what_came_before_and_behind_it_goes()
    {
        var stretches = new UntrackedStretches(DiskFileSystem.Instance, _base.FullName, Slot);
        stretches.Note(new Cursor(Stream, 0, 0), isUntracked: false);
        stretches.Note(new Cursor(Stream, 60, 1), isUntracked: true);
        stretches.Note(new Cursor(Stream, 90, 2), isUntracked: true);
        stretches.Note(new Cursor(Stream, 120, 3), isUntracked: false);

        await Deliver(Slot, 0, Event("a", "2031"), Event("b", "2031"), Event("c", "2031"), Event("d", "2031"));

        Assert.Equal(["a", "d"], Sent());
    }

    [Fact]
    public async Task A_note_of_untracked_events_that_cannot_be_read_lets_nothing_through()
    {
        Directory.CreateDirectory(Path.Combine(_base.FullName, "state"));
        File.WriteAllText(Path.Combine(_base.FullName, "state", $"untracked-s{Slot}.ndjson"), "{half\n");

        var outcome = await Deliver(Slot, 0, Event("a", "2031"));

        Assert.Contains("a line that cannot be read: {half", Assert.IsType<SinkOutcome.Held>(outcome).Reason, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public void A_note_that_cannot_be_read_holds_its_own_slot_alone_and_is_told()
    {
        using var rig = new ClientRig();
        new ConsentStore(DiskFileSystem.Instance, rig.BaseDirectory, TimeProvider.System).Grant("jane");
        using var other = rig.Start();
        using var sending = rig.Start(options => options.AddHttp(_server.Address, http => http.MaxBufferSize = 1));
        var slot = other.Pipeline.Slot.Number;
        File.WriteAllText(Path.Combine(rig.BaseDirectory, "state", $"untracked-s{slot}.ndjson"), "{half\n");

        // The sink begins with what comes once it was loaded, which is kept at once.
        Eventually.True(() => File.Exists(Path.Combine(rig.BaseDirectory, "state", "sinks", "http.json")), () => Status(sending));
        other.Record("others");
        Eventually.True(() => Status(sending).LastError?.Contains($"untracked-s{slot}.ndjson has a line that cannot be read: {{half", StringComparison.Ordinal) == true, () => Status(sending));

        sending.Record("own");

        Eventually.True(() => Sent().Contains("own"), () => Status(sending));
        Assert.DoesNotContain("others", Sent());
        Assert.Equal(CircuitState.Closed, Status(sending).Circuit.State);
        Assert.True(Status(sending).Accounts.Single(account => account.Slot == slot).Pending > 0);
    }

    private static SinkStatus Status(TelemetryClient client) => client.Sinks.Single(sink => sink.Name == "http");

    [Fact]
    public async Task Without_consent_nothing_connects()
    {
        _cover = null;

        var outcome = await Deliver(Slot, 0, Event("a", "2031"));

        Assert.Equal(ConsentStore.MissingCause, Assert.IsType<SinkOutcome.Misconfigured>(outcome).Reason);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task A_destination_is_asked_for_its_bounds_under_consent_and_not_before()
    {
        var keyed = new KeyedSink();
        var bounds = new EventRange(Slot, new Cursor(Stream, 0, 0), new Cursor(Stream, 10, 1));
        await keyed.DeliverAsync(new SinkBatch(Slot, bounds.Start, bounds.End, "{\"details\":{\"n\":0}}\n"u8.ToArray()), CancellationToken.None);
        var definition = new SinkDefinition("mine", SinkPolicies.Custom, _ => keyed) { NeedsConsent = true };
        await using var sink = TelemetryActors.Sinks.Uploads.ConsentGate.Guard(definition, () => _cover, DiskFileSystem.Instance).Create(new SinkContext("mine", _base.FullName, TimeProvider.System));
        var finder = Assert.IsAssignableFrom<IFindsBounds>(sink);

        var found = await finder.FindBoundsAsync(Since, Since, CancellationToken.None);
        _cover = null;
        var fault = await Assert.ThrowsAsync<IOException>(async () => await finder.FindBoundsAsync(Since, Since, CancellationToken.None));

        Assert.Equal([bounds], found);
        Assert.Equal(ConsentStore.MissingCause, fault.Message);
    }

    [Fact]
    public void A_sink_that_keeps_its_own_accounts_cannot_need_consent()
    {
        var sink = new SinkDefinition("mine", SinkPolicies.Custom, _ => new KeyedSink()) { NeedsConsent = true, State = KeptState.Own };

        var fault = Assert.Single(PipelineDefinition.FaultsOf([sink]));

        Assert.StartsWith("Sinks:mine:NeedsConsent", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Consent_that_is_given_twice_covers_what_it_covered_first_and_given_again_after_a_denial_it_begins_anew()
    {
        var time = new ManualTime();
        var store = new ConsentStore(DiskFileSystem.Instance, _base.FullName, time);
        store.Grant("jane");
        var first = store.Cover!.Since;
        time.Advance(TimeSpan.FromSeconds(1));

        store.Grant("joe", "2");
        var again = store.Cover!.Since;
        store.Deny("joe");
        var denied = store.Cover;
        time.Advance(TimeSpan.FromSeconds(1));
        store.Grant("joe");

        Assert.Equal(first, again);
        Assert.Null(denied);
        Assert.Equal(first + TimeSpan.FromSeconds(2), store.Cover!.Since);
    }

    [Fact]
    public void A_clock_that_ran_ahead_before_consent_takes_nothing_out_with_it()
    {
        using var rig = new ClientRig();
        var ahead = new ManualTime(TimeProvider.System.GetUtcNow().AddYears(5));
        using (var early = rig.Start(options => options.Time = ahead))
        {
            early.Record("dated_ahead");
            new ConsentStore(DiskFileSystem.Instance, rig.BaseDirectory, TimeProvider.System).Grant("jane");
        }

        File.WriteAllText(Path.Combine(rig.BaseDirectory, "state", "sinks", "http.json"), """
            {"version":1,"paused":false,"commands_read":0,"rejections_in_a_row":0,"circuit":{"state":"closed","failures_in_a_row":0,"openings_in_a_row":0,"misconfigured":false},
            "slots":[{"slot":9,"cursor":{"stream":"0000000000000009","position":0,"ordinal":0},"tail":{"stream":"0000000000000009","position":0,"ordinal":0},
            "accepted_from":0,"carried":0,"replayed":0,"delivered":0,"dead_lettered":0,"dropped":{}}],"delivered_ahead":[]}
            """);
        using var late = rig.Start(options => options.AddHttp(_server.Address, http => http.MaxBufferSize = 1));
        late.Record("late");

        Eventually.True(() => Sent().Contains("late"));
        Assert.DoesNotContain("dated_ahead", Sent());
    }

    private static string Event(string name, string year) => $$"""{"ts":"{{year}}-03-01T12:00:00Z","event":"{{name}}","details":{} }""";

    private async Task<SinkOutcome> Deliver(int slot, long position, params string[] lines)
    {
        var upload = HttpSinkRegistration.Define(new HttpSinkOptions { Endpoint = _server.Address, HasConsent = () => true });
        var guarded = TelemetryActors.Sinks.Uploads.ConsentGate.Guard(upload, () => _cover, DiskFileSystem.Instance);
        await using var sink = guarded.Create(new SinkContext("http", _base.FullName, TimeProvider.System));
        var bytes = System.Text.Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
        return await sink.DeliverAsync(
            new SinkBatch(slot, new Cursor(Stream, position, 0), new Cursor(Stream, position + bytes.Length, lines.Length), bytes), CancellationToken.None);
    }

    private List<string> Sent() =>
    [
        .. _server.Requests.SelectMany(request => JsonDocument.Parse(request.Body).RootElement.GetProperty("events").EnumerateArray())
            .Select(json => json.GetProperty("event").GetString()!),
    ];
}
