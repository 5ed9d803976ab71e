using Microsoft.Extensions.Logging.Abstractions;
using TelemetryActors.Cluster.Tests.Story;
using TelemetryActors.ClusterNode.Journal;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Node;

public sealed class PostgresJournalSpec
{
    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(15);

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task Of_nodes_that_start_at_once_exactly_one_finds_nobody_alive()
    {
        using var server = new PostgresServer("127.0.0.1");
        var nodes = Enumerable.Range(1, 8).Select(node => $"node{node}").ToList();

        var entered = await Task.WhenAll(nodes.Select(async node =>
        {
            await using var journal = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance);
            return await journal.EnterAsync(node, Alive, TimeSpan.FromSeconds(20), CancellationToken.None);
        }));

        Assert.Equal(Enumerable.Range(0, 8), entered.Select(others => others.Count).Order());
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task A_node_that_left_or_fell_silent_is_not_alive()
    {
        using var server = new PostgresServer("127.0.0.1");
        await using var journal = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance);
        await journal.EnterAsync("left", Alive, Alive, CancellationToken.None);
        await journal.EnterAsync("stays", Alive, Alive, CancellationToken.None);

        await journal.TellGoneAsync("left", CancellationToken.None);
        var alive = await journal.EnterAsync("new", Alive, Alive, CancellationToken.None);
        var silent = await journal.EnterAsync("new", TimeSpan.Zero, Alive, CancellationToken.None);

        Assert.Equal(["stays"], alive);
        Assert.Empty(silent);
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task A_database_that_does_not_let_the_node_in_is_told_without_the_password()
    {
        using var server = new PostgresServer("127.0.0.1");
        await using var journal = new PostgresJournal(server.ConnectionString + ";Username=nobody", TimeProvider.System, NullLogger.Instance);

        var exception = await Assert.ThrowsAsync<JournalUnreachableException>(() => journal.EnterAsync("node", Alive, TimeSpan.Zero, CancellationToken.None));

        Assert.Contains("postgres at 127.0.0.1", exception.Message);
        Assert.False(PostgresServer.HoldsPassword(exception.Message));
    }
}
