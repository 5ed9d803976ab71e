using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Sinks.Uploads;

namespace TelemetryActors.Sinks.Http;

/// <summary>Uploads events as <c>{"events":[...]}</c> in one POST a batch. Retries are the delivery's; there are none in here.</summary>
public sealed class HttpSink : ISink
{
    private readonly HttpSinkOptions _options;
    private readonly UploadClient _client;

    /// <summary>Makes the sink; connects to nothing yet.</summary>
    public HttpSink(HttpSinkOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _client = new UploadClient(options.Endpoint, options.Headers, time, options.Transport);
    }

    /// <inheritdoc />
    public async ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation) => _options.HasConsent()
        ? await _client.PostAsync(HttpUploadBody.Of(batch), cancellation)
        : new SinkOutcome.Misconfigured(ConsentStore.MissingCause);

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
