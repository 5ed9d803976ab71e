using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TelemetryActors.TestKit.Servers;

/// <summary>A real S3 server for specs: Ceph's gateway over one monitor and one storage daemon in memory, on free ports of loopback, gone with the spec.</summary>
/// <remarks>Needs the programs radosgw, ceph-mon, ceph-osd and ceph; starts in about two seconds. A test process that is killed takes it along.</remarks>
public sealed class RadosGateway : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly string _directory = Directory.CreateTempSubdirectory("radosgw-").FullName;
    private readonly Dictionary<string, Process> _daemons = [];
    private readonly RadosGatewayConfig _config;

    /// <summary>Starts one and waits until it answers.</summary>
    /// <param name="maxRequests">Requests at once; more are answered with 503 SlowDown. Null: the server's own default.</param>
    /// <param name="lifecycleDay">How long a day is for lifecycle rules. Null: a day.</param>
    /// <exception cref="InvalidOperationException">It does not come up; the message has what its programs said.</exception>
    public RadosGateway(int? maxRequests = null, TimeSpan? lifecycleDay = null)
    {
        _config = new RadosGatewayConfig(_directory, FreePorts(RadosGatewayConfig.Ports)) { MaxRequests = maxRequests, LifecycleDay = lifecycleDay };
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        try
        {
            Start();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => _config.Address;

    /// <summary>Who may do everything.</summary>
    public S3Account Owner { get; private set; } = new("", "");

    /// <summary>Makes another user, who may do nothing in others' buckets.</summary>
    public S3Account AddUser(string name)
    {
        var account = new S3Account($"KEY{name.ToUpperInvariant()}", $"secret-of-{name}-{Guid.NewGuid():N}");
        Run("radosgw-admin", "user", "create", $"--uid={name}", $"--display-name={name}", $"--access-key={account.AccessKey}", $"--secret-key={account.SecretKey}");
        return account;
    }

    /// <summary>Carries out lifecycle rules now, instead of at the server's next round.</summary>
    public void CarryOutRules() => Run("radosgw-admin", "lc", "process");

    /// <summary>Stops the storage behind the gateway as it is: the gateway takes requests and answers none.</summary>
    public void Hang() => Signal("STOP");

    /// <summary>Lets the storage go on.</summary>
    public void Resume() => Signal("CONT");

    /// <inheritdoc />
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        foreach (var daemon in _daemons.Values)
        {
            daemon.Kill(entireProcessTree: true);
            ProcessEnd.WaitForAny(daemon);
            daemon.Dispose();
        }

        _daemons.Clear();
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    private void Start()
    {
        _config.Write();
        var path = _config.PathOf;
        Run("ceph-authtool", "--create-keyring", path("keyring"), "--gen-key", "-n", "mon.", "--cap", "mon", "allow *");
        Run("ceph-authtool", path("keyring"), "--gen-key", "-n", "client.admin", "--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *");
        Run("monmaptool", "--create", "--fsid", _config.ClusterId, "--addv", "a", _config.MonitorAddress, path("monmap"));
        Run("ceph-mon", "--mkfs", "-i", "a", "--monmap", path("monmap"), "--keyring", path("keyring"));
        Daemon("mon", "ceph-mon", "-i", "a", "-f");
        var storage = Guid.NewGuid().ToString();
        Run("ceph", "osd", "new", storage);
        Run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", storage);
        Daemon("osd", "ceph-osd", "-i", "0", "-f");
        Until("osd", () => Run("ceph", "osd", "dump").Contains("osd.0 up", StringComparison.Ordinal));
        Owner = AddUser("owner");
        Daemon("gateway", "radosgw", "-n", "client.admin", "-f");
        Until("gateway", Answers);
    }

    private bool Answers()
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(Address.Host, Address.Port);
            using var stream = client.GetStream();
            stream.Write("GET / HTTP/1.0\r\n\r\n"u8);
            return stream.ReadByte() >= 0;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }

    // Waiting for a daemon to end too early is waiting for it to be ready.
    private void Until(string daemon, Func<bool> isReady)
    {
        var watch = Stopwatch.StartNew();
        while (!isReady())
        {
            if (_daemons[daemon].WaitForExit(Look) || watch.Elapsed > Bound)
            {
                throw new InvalidOperationException($"{daemon} is not ready after {watch.Elapsed.TotalSeconds:0.0} s:\n{_config.LastWords()}");
            }
        }
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _daemons["osd"].Id.ToString(CultureInfo.InvariantCulture)]);
        ProcessEnd.WaitFor(kill);
    }

    private void Daemon(string name, params IEnumerable<string> command)
    {
        // The shell holds the test process's end of a pipe: when that closes, however the test process ended, so does the daemon.
        const string Tied = "out=$1; shift; \"$@\" >\"$out\" 2>&1 </dev/null & pid=$!; trap 'kill -9 $pid' EXIT; echo $pid; cat >/dev/null";
        var shell = Begin("sh", ["-c", Tied, "sh", _config.PathOf($"{name}.out"), .. command]);
        var daemon = Process.GetProcessById(int.Parse(shell.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture));
        _daemons[name] = daemon;
        _daemons[$"{name}'s shell"] = shell;
    }

    private string Run(string program, params IEnumerable<string> arguments)
    {
        using var process = Begin(program, arguments);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        ProcessEnd.WaitFor(process);
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {error.GetAwaiter().GetResult()}\n{_config.LastWords()}");
    }

    private Process Begin(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = program != "sh", WorkingDirectory = _directory };
        start.Environment["CEPH_CONF"] = _config.PathOf("ceph.conf");
        return Process.Start(start)!;
    }

    private static int FreePorts(int count)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var first = Random.Shared.Next(12_000, 30_000);
            if (Enumerable.Range(first, count).All(IsFree))
            {
                return first;
            }
        }

        throw new InvalidOperationException($"no {count} ports in a row are free");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void OnExit(object? sender, EventArgs arguments) => Dispose();
}
