using System.Net;
using System.Net.Sockets;

namespace TelemetryActors.TestKit.Servers;

/// <summary>Stands between a client and a server on loopback and breaks their connections where a spec wants it.</summary>
public sealed class TcpProxy : IDisposable
{
    private const int BufferBytes = 16 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _target;
    private long _cutAfter = long.MaxValue;
    private int _cuts;

    /// <summary>Starts on a free port.</summary>
    /// <param name="target">The server.</param>
    public TcpProxy(Uri target)
    {
        _target = target;
        _listener.Start();
        Address = new UriBuilder(target) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;
        _ = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Connections that were cut.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Cuts each connection, with a reset, once its client has sent more than this many bytes.</summary>
    public void CutAfter(long bytes) => Volatile.Write(ref _cutAfter, bytes);

    /// <summary>Cuts no more.</summary>
    public void Mend() => CutAfter(long.MaxValue);

    /// <inheritdoc />
    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The proxy was disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(_target.Host, _target.Port);
                var back = PumpAsync(server.GetStream(), client.GetStream(), _ => false);
                await PumpAsync(client.GetStream(), server.GetStream(), sent => sent > Volatile.Read(ref _cutAfter) && Cut(client, server));
                await back;
            }
            catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
            {
                // One of the two went away, and so does the other.
            }
        }
    }

    private bool Cut(TcpClient client, TcpClient server)
    {
        Interlocked.Increment(ref _cuts);
        client.Client.LingerState = server.Client.LingerState = new LingerOption(true, 0);
        client.Close();
        server.Close();
        return true;
    }

    private static async Task PumpAsync(NetworkStream from, NetworkStream to, Func<long, bool> isCut)
    {
        var buffer = new byte[BufferBytes];
        var sent = 0L;
        for (int read; (read = await from.ReadAsync(buffer)) > 0;)
        {
            sent += read;
            if (isCut(sent))
            {
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, read));
        }

        to.Socket.Shutdown(SocketShutdown.Send);
    }
}
