using Akka.Actor;
using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.AkkaNet.Runs;

namespace TelemetryActors.ClusterNode.Trial;

/// <summary>Asks a cluster how runs stand.</summary>
internal sealed class RunCensus : IAsyncDisposable
{
    /// <summary>What stands for a run that nobody knows, or that nobody answered for.</summary>
    public const string Unknown = "Unknown";

    private const int AtOnce = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PatienceToJoin = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private readonly IRunRegion _region;
    private readonly TimeProvider _time;

    /// <exception cref="ArgumentException">These can be no seeds or no host; the message lists all that is wrong.</exception>
    public RunCensus(IEnumerable<string> seeds, string? host)
        : this(new AgentSystem(OptionsOf(seeds, host), TimeProvider.System), TimeProvider.System)
    {
    }

    internal RunCensus(IRunRegion region, TimeProvider time) => (_region, _time) = (region, time);

    /// <summary>How many runs have which status.</summary>
    /// <returns>Null when no collector could be asked.</returns>
    public async Task<IReadOnlyDictionary<string, int>?> AskAsync(IReadOnlyCollection<string> runs)
    {
        var began = _time.GetTimestamp();
        var found = await _region.FindAsync(CancellationToken.None);
        while (found.Region is null && _time.GetElapsedTime(began) < PatienceToJoin)
        {
            await Task.Delay(Between, _time);
            found = await _region.FindAsync(CancellationToken.None);
        }

        if (found.Region is not { } region)
        {
            return null;
        }

        var answers = new List<string>();
        foreach (var some in runs.Chunk(AtOnce))
        {
            answers.AddRange(await Task.WhenAll(some.Select(run => AskAsync(region, run))));
        }

        return answers.CountBy(status => status).ToDictionary();
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _region.DisposeAsync();

    private static ClusterSinkOptions OptionsOf(IEnumerable<string> seeds, string? host)
    {
        var options = new ClusterSinkOptions { HostName = host };
        foreach (var seed in seeds)
        {
            options.Seeds.Add(seed);
        }

        return ClusterSinkOptionsFaults.Of(options).ToList() is { Count: > 0 } faults ? throw new ArgumentException(string.Join("\n", faults)) : options;
    }

    private static async Task<string> AskAsync(IActorRef region, string run)
    {
        try
        {
            return (await region.Ask<RunAnswer>(new RunQuery(run), Patience)).Record?.Status.ToString() ?? Unknown;
        }
        catch (AskTimeoutException)
        {
            return Unknown;
        }
    }
}
