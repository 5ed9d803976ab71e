using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using TelemetryActors.ClusterNode.Settings;

namespace TelemetryActors.ClusterNode;

/// <summary>Whether a node can listen where it is to, and is reached under the name that it tells others; tried before it says anywhere that it is alive.</summary>
/// <remarks>A node under a name that leads nowhere would begin a cluster that nobody can join, and keep every other from beginning one.</remarks>
internal static class OwnAddress
{
    private const int NonceBytes = 16;

    // A name that a cluster's name service has yet to learn.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    /// <summary>Why not, with the setting that is to be changed; null when it is. A node alone need only be able to listen.</summary>
    public static async Task<string?> WhyNotAsync(NodeSettings settings, TimeProvider time)
    {
        TcpListener listener;
        try
        {
            listener = new TcpListener(await BindAsync(settings.BindHost), settings.Port);
            listener.Start();
        }
        catch (SocketException exception)
        {
            return $"it cannot listen on {settings.BindHost}:{settings.Port} (Cluster:BindHost, Cluster:Port): {exception.Message}";
        }

        using (listener)
        {
            return settings.IsAlone ? null : await ReachedAsync(listener, settings, time);
        }
    }

    private static async Task<string?> ReachedAsync(TcpListener listener, NodeSettings settings, TimeProvider time)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        using var over = new CancellationTokenSource();
        var arrived = ArrivedAsync(listener, nonce, over.Token);
        var began = time.GetTimestamp();
        while (true)
        {
            var fault = await CallAsync(settings, nonce, arrived);
            if (fault is null || time.GetElapsedTime(began) > Patience)
            {
                await over.CancelAsync();
                return fault is null ? null : $"nobody reaches it as {settings.HostName}:{settings.Port}, under which it would be a member (Cluster:HostName): {fault}";
            }

            await Task.Delay(Between, time);
        }
    }

    private static async Task<string?> CallAsync(NodeSettings settings, byte[] nonce, Task arrived)
    {
        try
        {
            using var caller = new TcpClient();
            using var limit = new CancellationTokenSource(OneTry);
            await caller.ConnectAsync(settings.HostName, settings.Port, limit.Token);
            await caller.GetStream().WriteAsync(nonce, limit.Token);
            await arrived.WaitAsync(limit.Token);
            return null;
        }
        catch (OperationCanceledException)
        {
            return $"no answer within {OneTry.TotalSeconds:0} s, or somebody else's";
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return exception.Message;
        }
    }

    // Agents may be calling already: what is not the nonce is not for us.
    private static async Task ArrivedAsync(TcpListener listener, byte[] nonce, CancellationToken over)
    {
        while (true)
        {
            using var called = await listener.AcceptTcpClientAsync(over);
            if (await IsOwnAsync(called.GetStream(), nonce, over))
            {
                return;
            }
        }
    }

    private static async Task<bool> IsOwnAsync(NetworkStream stream, byte[] nonce, CancellationToken over)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(over);
        limit.CancelAfter(OneTry);
        var told = new byte[NonceBytes];
        try
        {
            await stream.ReadExactlyAsync(told, limit.Token);
            return told.AsSpan().SequenceEqual(nonce);
        }
        catch (Exception exception) when (exception is IOException || (exception is OperationCanceledException && !over.IsCancellationRequested))
        {
            return false;
        }
    }

    private static async Task<IPAddress> BindAsync(string host) =>
        IPAddress.TryParse(host, out var address) ? address : (await Dns.GetHostAddressesAsync(host, AddressFamily.InterNetwork))[0];
}
