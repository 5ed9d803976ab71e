using System.Net;
using System.Net.Http.Headers;
using TelemetryActors.Delivery;

namespace ChatAlerts;

/// <summary>Posts each batch as one message to a chat's webhook.</summary>
public sealed class ChatAlertsSink(ChatAlertsOptions options) : ISink
{
    // Time limits and retries are the delivery's; there are none in here.
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <inheritdoc />
    public async ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        if (ChatMessage.Of(batch, options.Levels) is not { } message)
        {
            return SinkOutcome.Delivered;
        }

        using var content = new ByteArrayContent(message);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using var response = await _client.PostAsync(options.Webhook, content, cancellation);
            return OutcomeOf(response);
        }
        catch (HttpRequestException exception)
        {
            return new SinkOutcome.Retry($"network: {exception.HttpRequestError}");
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static SinkOutcome OutcomeOf(HttpResponseMessage response)
    {
        var reason = $"HTTP {(int)response.StatusCode}";
        return response.StatusCode switch
        {
            >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => SinkOutcome.Delivered,
            HttpStatusCode.TooManyRequests => new SinkOutcome.Retry(reason, response.Headers.RetryAfter?.Delta),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Gone => new SinkOutcome.Misconfigured(reason),
            HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge => new SinkOutcome.Rejected(reason),
            _ => new SinkOutcome.Retry(reason),
        };
    }
}
