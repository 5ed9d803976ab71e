using System.Net;
using TelemetryActors.Delivery;

namespace TelemetryActors.Sinks.Uploads;

/// <summary>What a status means for a batch.</summary>
internal static class UploadOutcome
{
    public static SinkOutcome Of(HttpResponseMessage response, DateTimeOffset now)
    {
        var reason = $"HTTP {(int)response.StatusCode}";
        return response.StatusCode switch
        {
            >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => SinkOutcome.Delivered,
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or (HttpStatusCode)425 => new SinkOutcome.Retry(reason, RetryAfter(response, now)),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound => new SinkOutcome.Misconfigured(reason),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => new SinkOutcome.Misconfigured($"{reason}: redirects are not followed"),
            >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => new SinkOutcome.Rejected(reason),
            _ => new SinkOutcome.Retry(reason, RetryAfter(response, now)),
        };
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > now ? date - now : TimeSpan.Zero,
        _ => response.Headers.NonValidated.TryGetValues("Retry-After", out var values) ? RetryAfterText.Seconds(values.FirstOrDefault()?.Trim()) : null,
    };
}
