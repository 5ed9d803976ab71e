using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace TelemetryActors.TestKit.Servers;

/// <summary>A real HTTP server on loopback that answers with what the test has set and remembers what came.</summary>
public sealed class LoopbackHttpServer : IDisposable
{
    private const int MaxTries = 20;

    private readonly HttpListener _listener;
    private readonly ConcurrentQueue<LoopbackRequest> _requests = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile Func<LoopbackRequest, LoopbackAnswer> _answer = _ => new LoopbackAnswer(200);

    /// <summary>Starts on a free port.</summary>
    public LoopbackHttpServer()
    {
        (_listener, Address) = Listen();
        _ = ServeAsync();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>What came, in order.</summary>
    public IReadOnlyList<LoopbackRequest> Requests => [.. _requests];

    /// <summary>Sets what every request is answered with from now on.</summary>
    public void AnswerWith(int status, string? retryAfter = null) => Answer(_ => new LoopbackAnswer(status, retryAfter));

    /// <summary>Sets how each request is answered from now on.</summary>
    public void Answer(Func<LoopbackRequest, LoopbackAnswer> answer) => _answer = answer;

    /// <summary>Takes requests from now on and answers none until what is returned is disposed.</summary>
    public IDisposable Hold()
    {
        _gate.Wait();
        return new HeldGate(_gate);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _listener.Close();
        _gate.Dispose();
    }

    // A port that is free is not kept: another process may be faster.
    private static (HttpListener Listener, Uri Address) Listen()
    {
        for (var left = MaxTries; ; left--)
        {
            var address = new Uri($"http://127.0.0.1:{FreePort()}/");
            var listener = new HttpListener();
            listener.Prefixes.Add(address.AbsoluteUri);
            try
            {
                listener.Start();
                return (listener, address);
            }
            catch (HttpListenerException) when (left > 0)
            {
                listener.Close();
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                await AnswerAsync(await _listener.GetContextAsync());
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                // The client went away, or the server was closed, which the loop's condition sees.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body);
        var headers = context.Request.Headers.AllKeys.OfType<string>().ToDictionary(name => name, name => context.Request.Headers[name] ?? "", StringComparer.OrdinalIgnoreCase);
        var request = new LoopbackRequest(context.Request.HttpMethod, context.Request.RawUrl ?? "", context.Request.ContentType, body.ToArray()) { Headers = headers };
        _requests.Enqueue(request);
        await _gate.WaitAsync();
        _gate.Release();
        var answer = _answer(request);
        context.Response.StatusCode = answer.Status;
        if (answer.RetryAfter is { } wait)
        {
            context.Response.AddHeader("Retry-After", wait);
        }

        if (answer.Location is { } location)
        {
            context.Response.RedirectLocation = location;
        }

        if (answer.ETag is { } tag)
        {
            context.Response.AddHeader("ETag", tag);
        }

        if (answer.ContentType is { } type)
        {
            context.Response.ContentType = type;
        }

        if (answer.StaysOpen)
        {
            context.Response.SendChunked = true;
            await context.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer.Body ?? ""));
            await context.Response.OutputStream.FlushAsync();
            return;
        }

        if (answer.Body is { } text)
        {
            context.Response.Close(System.Text.Encoding.UTF8.GetBytes(text), willBlock: false);
            return;
        }

        context.Response.Close();
    }
}
