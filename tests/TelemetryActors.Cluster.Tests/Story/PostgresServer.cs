using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using TelemetryActors.TestKit;

namespace TelemetryActors.Cluster.Tests.Story;

/// <summary>A real PostgreSQL for one test, in a directory that goes with it.</summary>
internal sealed class PostgresServer : IDisposable
{
    private const string Password = "pass-word-that-no-log-may-hold";
    private const string Installed = "/usr/lib/postgresql";

    private readonly string _directory = Directory.CreateTempSubdirectory("ta-postgres-").FullName;
    private readonly Process _process;

    public PostgresServer(string address)
    {
        Own();
        File.WriteAllText(Path.Combine(_directory, "password"), Password);
        As("initdb", "-D", Data, "-U", "postgres", "-A", "scram-sha-256", $"--pwfile={Path.Combine(_directory, "password")}", "--no-sync", "--no-instructions", "-E", "UTF8", "--locale=C");
        File.AppendAllText(Path.Combine(Data, "pg_hba.conf"), "host all all all scram-sha-256\n");

        // Free right before it is used: making the data takes a busy machine seconds, in which somebody else gets it.
        var port = FreePort(address);
        _process = Process.Start(new ProcessStartInfo("setpriv", [
            .. AsPostgres, Path.Combine(Programs!, "postgres"), "-D", Data, "-c", $"listen_addresses={address}", "-c", $"port={port}", "-c", $"unix_socket_directories={_directory}",
            "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "log_min_messages=fatal"])
        { RedirectStandardError = true })!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        ConnectionString = string.Create(CultureInfo.InvariantCulture, $"Host={address};Port={port};Username=postgres;Password={Password};Database=postgres");
        Eventually.True(CanConnect);
    }

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? WhyNot { get; } =
        Programs is null ? "PostgreSQL is not installed" : Environment.UserName != "root" ? "starting PostgreSQL as its own user needs root" : null;

    public string ConnectionString { get; }

    private static string? Programs => Directory.Exists(Installed)
        ? Directory.GetDirectories(Installed).Select(version => Path.Combine(version, "bin")).FirstOrDefault(programs => File.Exists(Path.Combine(programs, "initdb")))
        : null;

    private static string[] AsPostgres => ["--reuid=postgres", "--regid=postgres", "--clear-groups"];

    private string Data => Path.Combine(_directory, "data");

    public static bool HoldsPassword(string text) => text.Contains(Password, StringComparison.Ordinal);

    public void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        Command.Try("kill", "-INT", _process.Id.ToString(CultureInfo.InvariantCulture));

        // Its own processes write in its directory until it has ended.
        ProcessEnd.WaitFor(_process);

        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static int FreePort(string address)
    {
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Own() => Command.Run("chown", "postgres", _directory);

    private static void As(string program, params string[] arguments) => Command.Run("setpriv", [.. AsPostgres, Path.Combine(Programs!, program), .. arguments]);

    private bool CanConnect()
    {
        try
        {
            using var connection = new NpgsqlConnection(ConnectionString + ";Timeout=2");
            connection.Open();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
