using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.ClusterNode.Settings;

namespace TelemetryActors.ClusterNode.Journal;

/// <summary>Says in the journal that this node is alive: before it joins, while it is a member, and no more when it has left.</summary>
internal sealed partial class NodePresence(NodeSettings settings, ClusterEntry entry, IServiceProvider services, ILogger<NodePresence> log) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Last = TimeSpan.FromSeconds(2);

    // Three periods: one that failed, or a slow database, is no death.
    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(15);

    private readonly PostgresJournal _journal = new(settings.ConnectionString!, TimeProvider.System, log, NeighbourCall.AskAsync);
    private readonly TwoClusters _clusters = new();
    private readonly long _began = TimeProvider.System.GetTimestamp();

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        entry.Decide(await _journal.EnterAsync(settings.Self.ToString(), Alive, Patience, cancellationToken));
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await WithinAsync(base.StopAsync(cancellationToken));
        using var limit = new CancellationTokenSource(Last);
        await WithinAsync(TryAsync(_journal.TellGoneAsync, limit.Token));
    }

    public override void Dispose()
    {
        _journal.DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose();
    }

    // Whoever asks to be let in says so once only: it must not keep another from beginning. Who begins says it from the start, however long its start takes.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (Cluster.Get(services.GetRequiredService<ActorSystem>()) is { IsTerminated: false } cluster && (entry.Begins || cluster.SelfMember.Status == MemberStatus.Up))
                {
                    if (!await TryAsync(_journal.TellAliveAsync, stoppingToken))
                    {
                        Displaced(log, settings.Self.ToString());
                    }

                    await TryAsync((_, cancellation) => LookForAnotherAsync(cluster, cancellation), stoppingToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The node ends.
        }
    }

    // Two clusters on one journal end each other's runs, and do not know of each other.
    private async Task<bool> LookForAnotherAsync(Cluster cluster, CancellationToken cancellation)
    {
        var alive = await _journal.AliveAsync(Alive, cancellation);
        var state = cluster.State;
        var members = state.Members.Where(member => member.HasRole(CollectorsInSight.CollectorRole)).ToList();
        string[] up = [.. members.Where(member => member.Status == MemberStatus.Up && !state.Unreachable.Contains(member)).Select(AddressOf)];
        var others = _clusters.Look(alive, [.. members.Select(AddressOf)], up, TimeProvider.System.GetElapsedTime(_began));
        if (others.Count > 0 && up.Length > 0)
        {
            Second(log, string.Join(", ", others), string.Join(", ", up));
            _ = CoordinatedShutdown.Get(cluster.System).Run(new SecondClusterReason());
        }

        return true;
    }

    private static string AddressOf(Member member) => member.Address.ToString();

    // A database that does not answer keeps its driver waiting for longer than it is told: nobody waits for it.
    private async Task WithinAsync(Task telling)
    {
        try
        {
            await telling.WaitAsync(Last);
        }
        catch (TimeoutException exception)
        {
            NotTold(log, exception.Message);
        }
    }

    private async Task<bool> TryAsync(Func<string, CancellationToken, Task<bool>> tell, CancellationToken cancellation)
    {
        try
        {
            return await tell(settings.Self.ToString(), cancellation);
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
        {
            NotTold(log, exception.Message);
            return true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The journal could not be told that this node is alive, or has gone: {Cause}")]
    private static partial void NotTold(ILogger log, string cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "There are two clusters on this journal: {Others} are alive in another one than {Own}. This one is the smaller, or has not the lowest address: this node leaves it, ends with exit code 1, and joins the other when it is started anew.")]
    private static partial void Second(ILogger log, string others, string own);

    [LoggerMessage(Level = LogLevel.Error, Message = "Another process has entered the journal under this node's address {Address}: each node needs a Cluster:HostName and Port of its own.")]
    private static partial void Displaced(ILogger log, string address);
}
