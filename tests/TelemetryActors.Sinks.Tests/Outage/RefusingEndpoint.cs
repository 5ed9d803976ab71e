using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace TelemetryActors.Sinks.Tests.Outage;

/// <summary>An HTTP address at which nobody listens until it recovers; then it takes <c>{"events":[...]}</c> and keeps none of it.</summary>
internal sealed class RefusingEndpoint : IDisposable
{
    private readonly HttpListener _listener = new();

    // Bound and not listened at: nobody else gets the port meanwhile.
    private readonly Socket _port = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public RefusingEndpoint()
    {
        _port.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_port.LocalEndPoint!).Port}/");
        _listener.Prefixes.Add(Address.AbsoluteUri);
    }

    public Uri Address { get; }

    public RunOrder Order { get; } = new();

    public void Recover()
    {
        _port.Dispose();
        _listener.Start();
        _ = ServeAsync();
    }

    public void Dispose()
    {
        _port.Dispose();
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using (var body = await JsonDocument.ParseAsync(context.Request.InputStream))
                {
                    foreach (var line in body.RootElement.GetProperty("events").EnumerateArray())
                    {
                        Order.Take(line);
                    }
                }

                context.Response.StatusCode = 200;
                context.Response.Close();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                // Closed, which the loop's condition sees.
            }
        }
    }
}
