using System.Net.Sockets;
using Akka.Actor;

namespace TelemetryActors.ClusterNode.Journal;

/// <summary>Calls a node that fell silent in the journal, to see whether it may be in a cluster still.</summary>
internal static class NeighbourCall
{
    private static readonly TimeSpan Connecting = TimeSpan.FromSeconds(2);

    // A member waits for the caller's word; a node that only tries its own name hangs up within its three seconds.
    private static readonly TimeSpan Listening = TimeSpan.FromSeconds(4);

    /// <summary>Takes up to six seconds.</summary>
    /// <param name="address">The node's address, as the journal has it.</param>
    /// <param name="cancellation">Ends the call.</param>
    public static async Task<NeighbourState> AskAsync(string address, CancellationToken cancellation)
    {
        var node = Address.Parse(address);
        using var caller = new TcpClient();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Connecting);
        try
        {
            await caller.ConnectAsync(node.Host, node.Port ?? 0, limit.Token);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.HostNotFound)
        {
            return NeighbourState.Gone;
        }
        catch (Exception exception) when (exception is SocketException || IsOver(exception, cancellation))
        {
            return NeighbourState.Unknown;
        }

        limit.CancelAfter(Listening);
        try
        {
            return await caller.GetStream().ReadAsync(new byte[1], limit.Token) == 0 ? NeighbourState.Gone : NeighbourState.There;
        }
        catch (Exception exception) when (exception is IOException)
        {
            return NeighbourState.Gone;
        }
        catch (Exception exception) when (IsOver(exception, cancellation))
        {
            return NeighbourState.There;
        }
    }

    private static bool IsOver(Exception exception, CancellationToken cancellation) => exception is OperationCanceledException && !cancellation.IsCancellationRequested;
}
