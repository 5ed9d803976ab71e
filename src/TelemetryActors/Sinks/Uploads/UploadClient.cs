using System.Net.Http.Headers;
using System.Net.Sockets;
using TelemetryActors.Delivery;

namespace TelemetryActors.Sinks.Uploads;

/// <summary>One POST of JSON to one address, and what its answer means. What all uploads have in common: no retries of its own, no redirects, no cookies.</summary>
internal sealed class UploadClient : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    // One pool of connections for all uploads of the process; redirects could lead to where no consent was given.
    private static readonly SocketsHttpHandler Connections = new() { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(10), UseCookies = false };

    private readonly Uri _endpoint;
    private readonly IEnumerable<KeyValuePair<string, string>> _headers;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    /// <param name="endpoint">The address.</param>
    /// <param name="headers">Sent with each request; shown nowhere.</param>
    /// <param name="time">The clock that an answer's date is read against.</param>
    /// <param name="transport">What carries the requests; null: the network.</param>
    public UploadClient(Uri endpoint, IEnumerable<KeyValuePair<string, string>> headers, TimeProvider time, HttpMessageHandler? transport)
    {
        _endpoint = endpoint;
        _headers = headers;
        _time = time;
        _client = new HttpClient(transport ?? Connections, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends a body.</summary>
    /// <param name="json">The body, sent as it is.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <param name="key">The same for each try of the same thing (<c>Idempotency-Key</c>); null sends none.</param>
    /// <param name="special">What an answer means here and not elsewhere; null, or null from it: what it means everywhere.</param>
    public async ValueTask<SinkOutcome> PostAsync(
        ReadOnlyMemory<byte> json, CancellationToken cancellation, string? key = null, Func<HttpResponseMessage, CancellationToken, ValueTask<SinkOutcome?>>? special = null)
    {
        using var content = new ReadOnlyMemoryContent(json);
        content.Headers.ContentType = Json;
        using var request = new HttpRequestMessage(HttpMethod.Post, _endpoint) { Content = content };
        foreach (var (name, value) in _headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return (special is null ? null : await special(response, cancellation)) ?? UploadOutcome.Of(response, _time.GetUtcNow());
        }
        catch (HttpRequestException exception)
        {
            return new SinkOutcome.Retry($"network: {(exception.InnerException is SocketException socket ? socket.SocketErrorCode.ToString() : exception.HttpRequestError.ToString())}");
        }
    }

    public void Dispose() => _client.Dispose();
}
