using System.Collections;
using System.Text.Json;
using TelemetryActors.Events;
using TelemetryActors.Sampling;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Tests.Client;

/// <summary>The calls that record a metric or an error, and what the door says of what comes in.</summary>
public sealed class ClientEventsSpec : IDisposable
{
    private readonly ClientRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    [Trait("Feature", "S2.11")]
    public void A_measurement_is_an_event_of_its_name_with_value_and_unit()
    {
        using (var client = _rig.Start())
        {
            client.RecordMetric("api.latency", 150, "ms");
            client.RecordMetric("queue.length", 3);
            using var run = client.StartRun("crawler", "nightly");
            run.RecordMetric("page.size", 1.5, "MB");
        }

        Assert.Equal("""{"value":150,"unit":"ms"}""", Details("api.latency").GetRawText());
        Assert.Equal("""{"value":3}""", Details("queue.length").GetRawText());
        Assert.Equal("""{"value":1.5,"unit":"MB"}""", Details("page.size").GetRawText());
        Assert.True(Event("page.size").TryGetProperty("run_id", out _));
    }

    [Fact]
    [Trait("Feature", "S2.12")]
    public void An_error_is_an_event_at_level_error_with_context_message_type_and_stack()
    {
        using (var client = _rig.Start())
        {
            client.RecordError(Thrown(), ("context", "api-call"), ("status", 502));
        }

        var error = Event("error");
        var details = error.GetProperty("details");
        Assert.Equal("error", error.GetProperty("level").GetString());
        Assert.Equal("api-call", details.GetProperty("context").GetString());
        Assert.Equal(502, details.GetProperty("status").GetInt32());
        Assert.Equal("the gateway is away", details.GetProperty("error").GetString());
        Assert.Equal("System.InvalidOperationException", details.GetProperty("type").GetString());
        Assert.Contains(nameof(Thrown), details.GetProperty("stack").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "S2.12")]
    public void No_error_is_recorded_without_one_and_nothing_is_thrown()
    {
        using (var client = _rig.Start())
        {
            Assert.True(client.RecordError(null!, ("context", "api-call")).IsAccepted);
        }

        Assert.Equal(JsonValueKind.Null, Details("error").GetProperty("error").ValueKind);
    }

    [Fact]
    [Trait("Feature", "S2.7")]
    public void What_is_sampled_out_is_neither_encoded_nor_buffered()
    {
        var details = new ReadCountingDetails();
        using var client = _rig.Start(options => options.Sampling.Mode = SamplingMode.Never);
        var before = client.GetBufferStatus().Size;

        Assert.Equal(DropReason.Sampled, client.RecordFields("user.login", details).Reason);

        Assert.Equal((0, before), (details.Reads, client.GetBufferStatus().Size));
    }

    [Fact]
    [Trait("Feature", "S2.20")]
    public void A_name_that_is_free_text_is_recorded_and_told_once_without_its_secrets()
    {
        using (var client = _rig.Start())
        {
            client.Record("feature.used", ("feature", "search"));
            client.Record("mail to ada@example.com was sent");
            client.Record("order 17 was paid");
        }

        Assert.Equal(["feature.used", "mail to [REDACTED] was sent", "order 17 was paid"], _rig.Names());
        var told = Assert.Single(_rig.Failures, failure => failure.Where == "record").Message;
        Assert.Contains("\"mail to [REDACTED] was sent\" is free text", told, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "S2.14")]
    public async Task After_its_end_a_client_refuses_and_ends_only_once()
    {
        var client = _rig.Start();
        client.Record("user.login");
        await client.DisposeAsync();

        Assert.Equal(DropReason.Disabled, client.Record("too.late").Reason);
        await client.DisposeAsync();

        Assert.Equal(["user.login"], _rig.Names());
    }

    [Fact]
    [Trait("Feature", "S2.17")]
    public void The_buffer_holds_what_the_log_does_not_have_yet()
    {
        File.WriteAllText(Path.Combine(_rig.BaseDirectory, "raw"), "a file where the log's folder should be");
        using var client = _rig.Start();
        var empty = client.GetBufferStatus();

        client.Record("user.login", ("method", "key"));

        Assert.Equal(1024 * 1024, empty.MaxSize);
        Assert.InRange(client.GetBufferStatus().Size - empty.Size, 60, 1000);

        File.Delete(Path.Combine(_rig.BaseDirectory, "raw"));
        Eventually.True(() => client.GetBufferStatus().Size == 0, () => client.GetBufferStatus());
    }

    [Fact]
    [Trait("Feature", "S2.17")]
    public void A_buffer_that_is_overwritten_is_full_and_no_more()
    {
        File.WriteAllText(Path.Combine(_rig.BaseDirectory, "raw"), "a file where the log's folder should be");
        using var client = _rig.Start();
        var ring = client.Pipeline.Slot.Ring;
        client.Record("first");
        Eventually.True(() => ring.Overwrites, () => client.GetBufferStatus());
        for (var i = 0; i < 3000; i++)
        {
            client.Record("user.login", ("method", new string('x', 1000)));
        }

        Assert.True(ring.Tail.Position - ring.Head > ring.Capacity);
        Assert.Equal(new BufferStatus(ring.Capacity, ring.Capacity), client.GetBufferStatus());
        File.Delete(Path.Combine(_rig.BaseDirectory, "raw"));
    }

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("the gateway is away");
        }
        catch (InvalidOperationException exception)
        {
            return exception;
        }
    }

    private JsonElement Event(string name) => Assert.Single(_rig.Events(), json => json.GetProperty("event").GetString() == name);

    private JsonElement Details(string name) => Event(name).GetProperty("details");

    private sealed class ReadCountingDetails : IReadOnlyDictionary<string, object?>
    {
        public int Reads { get; private set; }

        public IEnumerable<string> Keys => Read().Keys;

        public IEnumerable<object?> Values => Read().Values;

        public int Count => Read().Count;

        public object? this[string key] => Read()[key];

        public bool ContainsKey(string key) => Read().ContainsKey(key);

        public bool TryGetValue(string key, out object? value) => Read().TryGetValue(key, out value);

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Read().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private Dictionary<string, object?> Read()
        {
            Reads++;
            return new Dictionary<string, object?> { ["method"] = "key" };
        }
    }
}
