using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TelemetryActors.AkkaNet;
using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.AkkaNet.Collectors;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.ClusterNode.Disk;
using TelemetryActors.ClusterNode.Journal;
using TelemetryActors.ClusterNode.Reporting;
using TelemetryActors.ClusterNode.Settings;
using TelemetryActors.Storage;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace TelemetryActors.ClusterNode;

/// <summary>The program: settings, journal, cluster, until it is told to end.</summary>
/// <remarks>Exit codes: 0 ended as asked, 1 could not go on (start it anew), 2 settings that nobody can run with.</remarks>
internal static class Node
{
    private const int Failed = 1;
    private const int BadSettings = 2;

    // Shards are handed over, batches under way written, the ring drained: each within a bound of its own (akka-cluster.conf).
    private static readonly TimeSpan LongestShutdown = TimeSpan.FromSeconds(75);
    private static readonly TimeSpan LongestLastWord = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(string[] args)
    {
        if (NodeArguments.FaultsOf(args) is { Count: > 0 } slips)
        {
            return Refuse(slips);
        }

        HostApplicationBuilder builder;
        try
        {
            builder = Host.CreateApplicationBuilder(args);
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatException)
        {
            return Refuse([exception.Message]);
        }

        var reader = new NodeSettingsReader(builder.Configuration);
        var settings = reader.Read();
        var telemetry = new NodeTelemetry(builder.Configuration);
        var engine = EngineConfig.Read(settings, out var engineFault);
        string[] faults = [.. reader.Faults, .. telemetry.Faults, .. engineFault is null ? Array.Empty<string>() : [engineFault]];
        if (faults.Length > 0)
        {
            return Refuse(faults);
        }

        var directory = NodeTelemetry.BaseDirectory(builder.Configuration);
        if (BaseDirectoryProbe.WhyNot(DiskFileSystem.Instance, directory) is { } disk)
        {
            return Tell($"the base directory {directory} cannot be written, and a collector without an event log takes nothing: {disk}", Failed);
        }

        if (await OwnAddress.WhyNotAsync(settings, TimeProvider.System) is { } address)
        {
            return Tell(address, Failed);
        }

        if (!settings.IsAlone && !settings.Seeds.Contains(settings.Self))
        {
            Console.Error.WriteLine($"telemetry-node: this node is {settings.HostName}:{settings.Port}, which Cluster:Seeds does not name: it is meant to be one more than those there are.");
        }

        AddLogging(builder.Logging);
        var entry = new ClusterEntry(settings);
        builder.Services.AddSingleton(settings).AddSingleton(entry);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LongestShutdown);
        if (settings.Provider == JournalProvider.PostgreSql)
        {
            // Before the actors, so that it ends after them.
            builder.Services.AddHostedService<NodePresence>();
        }

        var files = new ThreadLife();
        builder.Services.AddAkka(settings.SystemName, akka => Build(akka, settings, engine, telemetry, entry, files));
        IHost built;
        try
        {
            built = builder.Build();
        }
        catch (InvalidOperationException exception)
        {
            // A setting of the host's own, that only it can judge: a log level.
            return Refuse([exception.Message]);
        }

        int code;
        using (built)
        {
            code = await RunAsync(built);
        }

        // The last word of node.json is worth a moment; a disk that hangs has no more.
        await Task.WhenAny(files.WhenOver(), Task.Delay(LongestLastWord, TimeProvider.System));
        return code;
    }

    // The host's word ends the system. Whatever else ended it first - not let in, downed, left behind - is a reason to be started anew.
    private static async Task<int> RunAsync(IHost host)
    {
        CoordinatedShutdown shutdown;
        try
        {
            await host.StartAsync();
            shutdown = CoordinatedShutdown.Get(host.Services.GetRequiredService<ActorSystem>());
            EndInTime.Watch(shutdown, LongestShutdown, GiveUp);
        }
        catch (OperationCanceledException) when (host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested)
        {
            // Told to end while it waited for its journal or its cluster: nothing was taken yet.
            return 0;
        }
        catch (Exception exception) when (exception is JournalUnreachableException or JournalRefusedException)
        {
            return Tell(exception.Message, Failed);
        }
        catch (Exception exception)
        {
            // What nobody foresaw, an engine setting perhaps: its kind helps who looks for it, a crash with its stack helps nobody.
            return Tell($"it could not start: {exception.GetType().Name}: {exception.GetBaseException().Message}", Failed);
        }

        await host.WaitForShutdownAsync();
        return shutdown.ShutdownReason is CoordinatedShutdown.ClrExitReason ? 0 : Failed;
    }

    // Where this is told may hang as well.
    private static void GiveUp()
    {
        var word = DiskCall.Begin(
            "last word", () => Tell($"it has not ended within {LongestShutdown.TotalSeconds} s and is ended now: something hangs, the disk of its base directory perhaps", Failed));
        DiskCall.TryWait(word, LongestLastWord, out _);
        Environment.Exit(Failed);
    }

    private static void Build(
        AkkaConfigurationBuilder akka, NodeSettings settings, Akka.Configuration.Config engine, NodeTelemetry telemetry, ClusterEntry entry, ThreadLife files) => akka
        .AddHocon(engine, HoconAddMode.Prepend)
        .ConfigureLoggers(loggers =>
        {
            loggers.ClearLoggers();
            loggers.AddLoggerFactory();
            loggers.LogLevel = Akka.Event.LogLevel.InfoLevel;
        })
        .WithRemoting(new RemoteOptions { HostName = settings.BindHost, PublicHostName = settings.HostName, Port = settings.Port })
        .WithClustering(new ClusterOptions { Roles = [CollectorsInSight.CollectorRole] })
        .WithTelemetryActors(telemetry.Apply)

        // The node ends instead: its process manager brings it back.
        .WithTelemetryCollector(collector => collector.HandsOver = false)
        .StartActors((system, registry) => system.ActorOf(ReporterOf(SystemTelemetry.For(system).Client, registry.Get<RunsKey>(), settings, files), "node-reporter"))
        .StartActors((system, _) => system.ActorOf(LogFitnessActor.Props(SystemTelemetry.For(system).Client, TimeProvider.System), "log-watch"))
        .AddStartup((system, _) => Akka.Cluster.Cluster.Get(system).JoinSeedNodes(entry.ToJoin));

    private static Props ReporterOf(TelemetryClient client, IActorRef runs, NodeSettings settings, ThreadLife files) =>
        NodeReporter.Props(() => client.Sinks, status => NodeStatusFile.Write(client.BaseDirectory, status), runs, settings.ReportInterval, files);

    private static void AddLogging(ILoggingBuilder logging) => logging
        .ClearProviders()
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        })
        .AddFilter("Microsoft", LogLevel.Warning)

        // Why it could not start is told in a line of its own; that a service of it has ended the host is not.
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

    private static int Refuse(IReadOnlyList<string> faults)
    {
        foreach (var fault in faults)
        {
            Tell(fault, BadSettings);
        }

        return BadSettings;
    }

    private static int Tell(string what, int code)
    {
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"telemetry-node: {what}"));
        return code;
    }
}
