using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TelemetryActors.Cluster.Tests.Story;

/// <summary>An HTTP server that lets nobody in, so that a sink's circuit opens at once and for six hours.</summary>
internal sealed class RefusingServer : IDisposable
{
    private readonly TcpListener _listener;

    public RefusingServer(string address)
    {
        _listener = new TcpListener(IPAddress.Parse(address), 0);
        _listener.Start();
        Endpoint = string.Create(CultureInfo.InvariantCulture, $"http://{address}:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public string Endpoint { get; }

    public void Dispose() => _listener.Stop();

    private void Serve()
    {
        try
        {
            while (true)
            {
                using var client = _listener.AcceptTcpClient();
                using var stream = client.GetStream();
                _ = stream.Read(new byte[64 * 1024]);
                stream.Write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8);
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
