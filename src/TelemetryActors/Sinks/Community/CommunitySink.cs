using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Sinks.Uploads;

namespace TelemetryActors.Sinks.Community;

/// <summary>Sends what a community may know: counts per version and hour, or stripped events; under a salted hash of the device id (S1.9-S1.13).</summary>
/// <remarks>Stands behind the gate of its policy, which strips before it: what it is given may go.</remarks>
internal sealed class CommunitySink : ISink
{
    private readonly CommunitySinkOptions _options;
    private readonly UploadClient _client;

    public CommunitySink(CommunitySinkOptions options, TimeProvider time)
    {
        _options = options;
        _client = new UploadClient(options.Endpoint, options.Headers, time, options.Transport);
    }

    /// <inheritdoc />
    public async ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        if (!_options.HasConsent())
        {
            return new SinkOutcome.Misconfigured(ConsentStore.MissingCause);
        }

        byte[] body;
        string? key = null;
        try
        {
            var device = _options.Device.Load();
            body = _options.SendsEvents ? CommunityEvents.Of(batch, device, _options.Apps.Find) : CommunityReport.Of(batch, device, _options.Apps.Find, out key);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new SinkOutcome.Retry(exception.Message);
        }
        catch (InvalidDataException exception)
        {
            return new SinkOutcome.Misconfigured(exception.Message);
        }

        return await _client.PostAsync(body, cancellation, key);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
