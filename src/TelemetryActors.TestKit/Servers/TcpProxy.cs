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
    private long _flipAt = -1;
    private long _longestSent;
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

    /// <summary>The most bytes that came from a client on one connection.</summary>
    public long LongestSent => Volatile.Read(ref _longestSent);

    /// <summary>Cuts each connection, with a reset, once its client has sent more than this many bytes.</summary>
    public void CutAfter(long bytes) => Volatile.Write(ref _cutAfter, bytes);

    /// <summary>Changes the byte of each connection that its client sends at this place.</summary>
    public void FlipAt(long offset) => Volatile.Write(ref _flipAt, offset);

    /// <summary>Cuts and changes no more.</summary>
    public void Mend()
    {
        CutAfter(long.MaxValue);
        FlipAt(-1);
    }

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
                var back = PumpAsync(server.GetStream(), client.GetStream(), (_, _) => false);
                await PumpAsync(client.GetStream(), server.GetStream(), (sent, bytes) => Break(sent, bytes.Span) && Cut(client, server));
                await back;
            }
            catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
            {
                // One of the two went away, and so does the other.
            }
        }
    }

    private bool Break(long sent, Span<byte> bytes)
    {
        var flip = Volatile.Read(ref _flipAt) - sent;
        if (flip >= 0 && flip < bytes.Length)
        {
            bytes[(int)flip] ^= 1;
        }

        Volatile.Write(ref _longestSent, Math.Max(sent + bytes.Length, Volatile.Read(ref _longestSent)));
        return sent + bytes.Length > Volatile.Read(ref _cutAfter);
    }

    private bool Cut(TcpClient client, TcpClient server)
    {
        Interlocked.Increment(ref _cuts);
        client.Client.LingerState = server.Client.LingerState = new LingerOption(true, 0);
        client.Close();
        server.Close();
        return true;
    }

    private static async Task PumpAsync(NetworkStream from, NetworkStream to, Func<long, Memory<byte>, bool> isCut)
    {
        var buffer = new byte[BufferBytes];
        var sent = 0L;
        for (int read; (read = await from.ReadAsync(buffer)) > 0;)
        {
            if (isCut(sent, buffer.AsMemory(0, read)))
            {
                return;
            }

            sent += read;
            await to.WriteAsync(buffer.AsMemory(0, read));
        }

        to.Socket.Shutdown(SocketShutdown.Send);
    }
}
