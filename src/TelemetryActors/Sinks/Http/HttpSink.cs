using System.Net.Http.Headers;
using System.Net.Sockets;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;

namespace TelemetryActors.Sinks.Http;

/// <summary>Uploads events as <c>{"events":[...]}</c> in one POST a batch. Retries are the delivery's; there are none in here.</summary>
public sealed class HttpSink : ISink
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    // One pool of connections for all uploads of the process; redirects could lead to where no consent was given.
    private static readonly SocketsHttpHandler Connections = new() { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(10), UseCookies = false };

    private readonly HttpSinkOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _client = new(Connections, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Makes the sink; connects to nothing yet.</summary>
    public HttpSink(HttpSinkOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
    }

    /// <inheritdoc />
    public async ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        if (!_options.HasConsent())
        {
            return new SinkOutcome.Misconfigured(ConsentStore.MissingCause);
        }

        using var content = new ReadOnlyMemoryContent(HttpUploadBody.Of(batch));
        content.Headers.ContentType = Json;
        using var request = new HttpRequestMessage(HttpMethod.Post, _options.Endpoint) { Content = content };
        foreach (var (name, value) in _options.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return HttpOutcome.Of(response, _time.GetUtcNow());
        }
        catch (HttpRequestException exception)
        {
            return new SinkOutcome.Retry($"network: {(exception.InnerException is SocketException socket ? socket.SocketErrorCode.ToString() : exception.HttpRequestError.ToString())}");
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
