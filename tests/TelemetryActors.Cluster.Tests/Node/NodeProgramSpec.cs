using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using TelemetryActors.Cluster.Tests.Story;
using TelemetryActors.ClusterNode;
using TelemetryActors.ClusterNode.Journal;
using TelemetryActors.ClusterNode.Reporting;
using TelemetryActors.ClusterNode.Trial;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Node;

public sealed class NodeProgramSpec : IDisposable
{
    // A load waits four minutes for what it gave to be taken, a node ends within 75 s.
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(6);

    private readonly string _directory = Directory.CreateTempSubdirectory("ta-node-").FullName;

    private string StatusFile => NodeStatusFile.PathIn(Path.Combine(_directory, "node"));

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Bad_settings_are_all_told_at_once_without_secrets_and_nothing_is_started()
    {
        using var node = new NodeProgram([
            "--Cluster:Seeds=a:1", "--Cluster:Journal:Provider=Sqlite", "--Cluster:Journal:ConnectionString=Password=secret", "--Cluster:Port=x",
            "--TelemetryActors:Preset=huge", $"--TelemetryActors:BaseDirectory={_directory}"]);

        Assert.Equal(2, node.ExitCode(Soon));
        Assert.Contains("Cluster:Port must be", node.Output);
        Assert.Contains("Cluster:Journal:Provider is Sqlite", node.Output);
        Assert.Contains("TelemetryActors:Preset must be one of", node.Output);
        Assert.DoesNotContain("secret", node.Output);
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void What_is_wrong_is_told_once_and_without_a_stack_trace()
    {
        var cut = Path.Combine(_directory, "cut.conf");
        File.WriteAllText(cut, "akka { cluster { ");
        using var node = new NodeProgram([
            "--Cluster:SystemName=te le", $"--Cluster:EngineSettings={cut}", "--TelemetryActors:Preset=huge", $"--TelemetryActors:BaseDirectory={_directory}"]);
        using var load = new NodeProgram(["load", "--base", _directory, "--seeds", "a b"]);

        Assert.Equal((2, 2), (node.ExitCode(Soon), load.ExitCode(Soon)));
        Assert.Contains("Cluster:SystemName must be letters, digits and hyphens, not 'te le'", node.Output);
        Assert.Contains("which is not whole: line 1 opens what no } closes", node.Output);
        Assert.Equal(2, node.Output.Split("TelemetryActors:Preset must be one of").Length);
        Assert.Contains("Sinks:Cluster:Seeds holds 'a b'", load.Output);
        Assert.DoesNotContain("   at ", node.Output + load.Output);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_setting_that_only_the_host_can_judge_is_told_as_any_other()
    {
        using var node = new NodeProgram(
            ["--Cluster:HostName=127.0.0.1", "--Cluster:BindHost=127.0.0.1", $"--Cluster:Port={FreePort()}", "--Logging:LogLevel:Default=Nonsense", $"--TelemetryActors:BaseDirectory={_directory}"]);

        Assert.Equal(2, node.ExitCode(Soon));
        Assert.Contains("Nonsense", node.Output);
        Assert.DoesNotContain("   at ", node.Output);
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public void A_node_that_is_to_record_nothing_does_not_start()
    {
        File.WriteAllText(Path.Combine(_directory, "config.json"), """{"enabled":false}""");
        using var node = new NodeProgram([$"--TelemetryActors:BaseDirectory={_directory}"]);

        Assert.Equal(2, node.ExitCode(Soon));
        Assert.Contains("enabled is false: a collector that records nothing", node.Output);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void An_engine_setting_that_the_engine_does_not_take_ends_the_node_with_1()
    {
        var engine = Path.Combine(_directory, "engine.conf");
        File.WriteAllText(engine, "akka.remote.dot-netty.tcp.maximum-frame-size = 10b");
        using var node = new NodeProgram(
            [
                "--Cluster:HostName=127.0.0.1", "--Cluster:BindHost=127.0.0.1", $"--Cluster:Port={FreePort()}", $"--Cluster:EngineSettings={engine}",
                $"--TelemetryActors:BaseDirectory={Path.Combine(_directory, "node")}",
            ],
            Ring("node-ring"));

        Assert.Equal(1, node.ExitCode(Soon));
        Assert.Contains("it could not start: ", node.Output);
        Assert.DoesNotContain("Unhandled exception", node.Output);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_probe_looks_where_the_settings_of_its_working_directory_say()
    {
        File.WriteAllText(Path.Combine(_directory, "appsettings.json"), $$$"""{"TelemetryActors":{"BaseDirectory":"{{{_directory}}}/elsewhere"}}""");

        using var check = new NodeProgram(["check"], workingDirectory: _directory);

        Assert.Equal(1, check.ExitCode(Soon));
        Assert.Contains($"{_directory}/elsewhere/state/node.json", check.Output);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_node_that_is_not_ready_is_alive_for_as_long_as_it_says_so()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(StatusFile)!);

        // What it says holds for 15 s, in which the probe need not have started.
        var now = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(3);
        File.WriteAllText(StatusFile, $$"""{ "ts": "{{now:O}}", "member": "joining", "ready": false }""");
        using var check = new NodeProgram(["check", "--alive", $"--TelemetryActors:BaseDirectory={Path.Combine(_directory, "node")}"]);

        Assert.False(NodeCheck.Look(StatusFile, now).IsReady);
        Assert.False(NodeCheck.Look(StatusFile, now + TimeSpan.FromSeconds(16), onlyAlive: true).IsReady);
        Assert.True(check.ExitCode(Soon) == 0, check.Tail);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_load_that_nobody_takes_is_no_proof()
    {
        var agent = Path.Combine(_directory, "agent");
        using var load = new NodeProgram(
            ["load", "--base", agent, "--seeds", $"127.0.0.1:{FreePort()}", "--host", "127.0.0.1", "--runs", "1", "--seconds", "1", "--patience", "3"], Ring("agent-ring"));
        Assert.Equal(1, load.ExitCode(Soon));
        Directory.CreateDirectory(Path.Combine(_directory, "node"));
        using var verify = new NodeProgram(["verify", "--agents", agent, "--nodes", Path.Combine(_directory, "node")]);

        Assert.Equal(1, verify.ExitCode(Soon));
        Assert.Contains("NOT ALL WAS TAKEN: ", verify.Output);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Its_version_is_told_and_no_node_is_started()
    {
        using var program = new NodeProgram(["--version"]);

        Assert.Equal(0, program.ExitCode(Soon));
        Assert.StartsWith("0.", program.Output.Trim(), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Feature", "SK.8")]
    [InlineData("there is no option --secs; known: --base, --seeds", "load", "--base", "agent", "--seeds", "127.0.0.1:4061", "--secs", "2")]
    [InlineData("--seeds is missing", "load", "--base", "agent", "--runs", "2")]
    [InlineData("--nodes: there is no directory no-such-node", "verify", "--agents", ".", "--nodes", "no-such-node")]
    [InlineData("--agents: there is no directory no-such-agent", "verify", "--agents", "no-such-agent", "--nodes", ".")]
    [InlineData("Sinks:Cluster:Seeds holds 'c:99999', which is not host or host:port", "verify", "--agents", ".", "--nodes", ".", "--seeds", "c:99999")]
    [InlineData("Sinks:Cluster:HostName must be a host name or an address, not 'my host'", "verify", "--agents", ".", "--nodes", ".", "--seeds", "c", "--host", "my host")]
    [InlineData("there is no setting --seeds: settings begin with --Cluster:", "--seeds", "127.0.0.1:4061")]
    [InlineData("there is no setting --verbose", "--verbose")]
    [InlineData("--Cluster:Port has no value", "--Cluster:Port")]
    [InlineData("'-x' is no setting", "-x")]
    [InlineData("there is no setting --base", "check", "--base", "node")]
    [InlineData("'alive' is no setting", "check", "alive")]
    public void An_argument_that_nobody_reads_is_named_and_nothing_is_begun(string what, params string[] arguments)
    {
        using var program = new NodeProgram(arguments, workingDirectory: _directory);

        Assert.Equal(2, program.ExitCode(Soon));
        Assert.Contains(what, program.Output);
        Assert.DoesNotContain("   at ", program.Output);
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    [Theory]
    [Trait("Feature", "SK.8")]
    [InlineData("--help", 0)]
    [InlineData("help", 0)]
    [InlineData("load", 2)]
    [InlineData("chek", 2)]
    [InlineData("verify", 2)]
    public void Who_asks_for_help_or_for_what_there_is_not_gets_the_usage_and_no_node(string argument, int exitCode)
    {
        using var node = new NodeProgram([argument]);

        Assert.Equal(exitCode, node.ExitCode(Soon));
        Assert.Contains("telemetry-node check", node.Output);
        Assert.DoesNotContain("Remoting", node.Output);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task A_node_alone_takes_agents_keeps_runs_over_a_kill_and_leaves_in_order()
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort()}");
        using (var node = Start(address))
        {
            await UntilReadyAsync(node);
            using var agent = Load(address);
            Assert.True(agent.ExitCode(Soon) == 0, agent.Tail);
            node.Kill();
            Assert.Equal(1, Check(out var dead));
            Assert.Contains("silent", dead);
        }

        using var again = Start(address);
        await UntilReadyAsync(again);
        var agents = new AgentLedger();
        agents.Add(Path.Combine(_directory, "agent"));
        await using var census = new RunCensus([address], "127.0.0.1");
        var statuses = await EndedRuns.AskAsync(census, agents.Runs);
        again.Terminate();

        Assert.Equal(0, again.ExitCode(Soon));
        Assert.Contains("\"ready\": false", File.ReadAllText(StatusFile));
        Assert.Equal(agents.Runs.Count, statuses.Values.Sum());
        Assert.True(agents.Runs.Count >= 5);
        Assert.Equal((0, 0), agents.Acknowledged.Against(CollectedLines.Of([Path.Combine(_directory, "node")]).Lines));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    [Trait("Feature", "S4.5")]
    public async Task A_killed_node_gives_up_no_run_of_an_agent_when_it_starts_again()
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort()}");
        using var node = Start(address);
        await UntilReadyAsync(node);
        using var agent = Load(address, seconds: 12);
        await Patiently.UntilAsync(() => RunStarts() >= 5, () => agent.Tail);
        node.Kill();

        using var again = Start(address);
        await UntilReadyAsync(again);
        Assert.True(agent.ExitCode(Soon) == 0, agent.Tail);
        again.Terminate();

        Assert.Equal(0, again.ExitCode(Soon));
        Assert.DoesNotContain(NodeLines(), line => line.Contains("\"abandoned\"", StringComparison.Ordinal));
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task A_node_that_nobody_lets_in_ends_with_1_so_that_it_is_started_anew()
    {
        using var server = new PostgresServer("127.0.0.1");
        await using var journal = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance);
        var (own, dead) = (FreePort(), FreePort());
        await journal.EnterAsync($"akka.tcp://telemetry@127.0.0.1:{dead}", TimeSpan.FromMinutes(1), Soon, CancellationToken.None);
        var engine = Path.Combine(_directory, "engine.conf");
        File.WriteAllText(engine, "akka.cluster.shutdown-after-unsuccessful-join-seed-nodes = 2s");

        using var node = new NodeProgram(
            [
                "--Cluster:HostName=127.0.0.1", "--Cluster:BindHost=127.0.0.1", $"--Cluster:Port={own}", $"--Cluster:Seeds=127.0.0.1:{own},127.0.0.1:{dead}",
                "--Cluster:Journal:Provider=PostgreSql", $"--Cluster:Journal:ConnectionString={server.ConnectionString}", $"--Cluster:EngineSettings={engine}",
                $"--TelemetryActors:BaseDirectory={Path.Combine(_directory, "node")}",
            ],
            Ring("node-ring"));

        Assert.True(node.ExitCode(Soon) == 1, node.Tail);
    }

    private NodeProgram Start(string address)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(StatusFile)!);
        File.Delete(StatusFile);
        return new NodeProgram(
            [
                "--Cluster:HostName=127.0.0.1", "--Cluster:BindHost=127.0.0.1", $"--Cluster:Port={address.Split(':')[1]}",
                $"--TelemetryActors:BaseDirectory={Path.Combine(_directory, "node")}", "--TelemetryActors:RingBytes=4MiB",
            ],
            Ring("node-ring"));
    }

    private NodeProgram Load(string address, int seconds = 2) => new(
        [
            "load", "--base", Path.Combine(_directory, "agent"), "--seeds", address, "--host", "127.0.0.1", "--runs", "5",
            "--seconds", seconds.ToString(CultureInfo.InvariantCulture), "--rate", "20", "--patience", "240",
        ],
        Ring("agent-ring"));

    private int RunStarts() => NodeLines().Count(line => line.Contains("\"event\":\"run_start\"", StringComparison.Ordinal));

    private IEnumerable<string> NodeLines() => Directory.Exists(Path.Combine(_directory, "node", "raw"))
        ? Directory.GetFiles(Path.Combine(_directory, "node", "raw"), "*.ndjson").SelectMany(File.ReadLines)
        : [];

    private Dictionary<string, string> Ring(string name) => new()
    {
        ["TELEMETRY_RING_DIR"] = Directory.CreateDirectory(Path.Combine(_directory, name)).FullName,
    };

    private Task UntilReadyAsync(NodeProgram node) =>
        Patiently.UntilAsync(() => File.Exists(StatusFile) && NodeCheck.Look(
            StatusFile, TimeProvider.System.GetUtcNow()).IsReady, () => node.Tail);

    // As a probe much later would see it.
    private int Check(out string what)
    {
        (var isReady, what) = NodeCheck.Look(
            StatusFile, TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(1));
        return isReady ? 0 : 1;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
