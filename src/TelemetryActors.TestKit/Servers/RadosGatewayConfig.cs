using System.Globalization;

namespace TelemetryActors.TestKit.Servers;

/// <summary>The configuration of a cluster of one, in memory, without authentication inside, on loopback.</summary>
internal sealed class RadosGatewayConfig(string directory, int firstPort)
{
    /// <summary>Ports in a row that it needs: gateway, monitor, and those of the storage daemon.</summary>
    public const int Ports = 12;

    public int? MaxRequests { get; init; }

    public TimeSpan? LifecycleDay { get; init; }

    public string ClusterId { get; } = Guid.NewGuid().ToString();

    public Uri Address { get; } = new($"http://127.0.0.1:{firstPort}/");

    public string MonitorAddress => $"[{MonitorHost}]";

    private string MonitorHost => $"v2:127.0.0.1:{firstPort + 1}/0";

    public string PathOf(string name) => Path.Combine(directory, name);

    public void Write()
    {
        foreach (var name in new[] { "mon", "osd", "run", "log" })
        {
            Directory.CreateDirectory(PathOf(name));
        }

        File.WriteAllLines(PathOf("ceph.conf"), Lines());
    }

    /// <summary>What the daemons said last.</summary>
    public string LastWords() => string.Join('\n', Directory.GetFiles(directory, "*.out").SelectMany(file => File.ReadLines(file).TakeLast(5)));

    private IEnumerable<string> Lines() =>
    [
        "[global]",
        $"fsid = {ClusterId}",
        $"mon host = {MonitorHost}",
        "public addr = 127.0.0.1",
        "cluster addr = 127.0.0.1",
        $"ms bind port min = {firstPort + 2}",
        $"ms bind port max = {firstPort + Ports - 1}",
        .. Wire,
        .. OneOfEach,
        .. Classes(),
        $"osd data = {PathOf("osd")}",
        $"mon data = {PathOf("mon")}",
        $"run dir = {PathOf("run")}",
        $"rgw data = {PathOf("run")}",
        $"pid file = {PathOf("run")}/$name.pid",
        $"admin socket = {PathOf("run")}/$name.asok",
        $"log file = {PathOf("log")}/$name.log",
        $"keyring = {PathOf("keyring")}",
        $"rgw frontends = beast endpoint=127.0.0.1:{firstPort}",
        "rgw enable usage log = false",
        "rgw lc max objs = 1",
        "rgw enable lc threads = false",
        "rgw dns name = localhost",
        .. Optional("rgw max concurrent requests", MaxRequests),
        .. Optional("rgw lc debug interval", (int?)LifecycleDay?.TotalSeconds),
    ];

    // Nobody else is on loopback; a quick monitor makes a quick start.
    private static IEnumerable<string> Wire =>
    [
        "auth cluster required = none",
        "auth service required = none",
        "auth client required = none",
        "auth supported = none",
        "ms mon client mode = crc secure",
        "ms mon service mode = crc secure",
        "ms mon cluster mode = crc secure",
        "paxos propose interval = 0.1",
        "paxos min wait = 0.01",
    ];

    private static IEnumerable<string> OneOfEach =>
    [
        "osd pool default size = 1",
        "osd pool default min size = 1",
        "osd pool default pg num = 4",
        "osd pool default pg autoscale mode = off",
        "osd crush chooseleaf type = 0",
        "mon allow pool size one = true",
        "mon warn on pool no redundancy = false",
        "osd objectstore = memstore",
        "memstore device bytes = 1073741824",
    ];

    // Where a distribution puts a daemon's plug-ins depends on the processor.
    private static IEnumerable<string> Classes() => Directory.GetDirectories("/usr/lib", "*-linux-gnu")
        .Where(folder => Directory.Exists(Path.Combine(folder, "rados-classes")))
        .Take(1)
        .SelectMany(folder => new[] { $"osd class dir = {folder}/rados-classes", $"erasure code dir = {folder}/ceph/erasure-code" });

    private static IEnumerable<string> Optional(string name, int? value) =>
        value is { } set ? [string.Create(CultureInfo.InvariantCulture, $"{name} = {set}")] : [];
}
