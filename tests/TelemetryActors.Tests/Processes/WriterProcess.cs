using System.Diagnostics;
using System.Globalization;
using TelemetryActors.TestKit;

namespace TelemetryActors.Processes;

/// <summary>A real process that writes events as fast as it can, and what it said of them.</summary>
internal sealed class WriterProcess : IDisposable
{
    private readonly Process _process;
    private readonly Dictionary<int, long> _accepted = [];
    private readonly Thread _listener;

    public WriterProcess(
        string baseDirectory, string ringDirectory, string name, int producers, long events = 0, IEnumerable<string>? before = null, string? crash = null,
        IEnumerable<KeyValuePair<string, string>>? variables = null)
    {
        Name = name;
        var program = Path.Combine(AppContext.BaseDirectory, "TelemetryActors.TestWriter.dll");
        List<string> command = [.. before ?? [], Environment.ProcessPath is { } host && Path.GetFileName(host) == "dotnet" ? host : "dotnet", program];
        var start = new ProcessStartInfo(command[0]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        string[] arguments = [.. command.Skip(1), baseDirectory, name, producers.ToString(CultureInfo.InvariantCulture), events.ToString(CultureInfo.InvariantCulture), crash ?? "end"];
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment["TELEMETRY_RING_DIR"] = ringDirectory;
        foreach (var (variable, value) in variables ?? [])
        {
            start.Environment[variable] = value;
        }

        _process = Process.Start(start)!;
        _listener = new Thread(Listen) { IsBackground = true };
        _listener.Start();
    }

    public string Name { get; }

    public int Id => _process.Id;

    /// <summary>Events that each producer was told are accepted, as far as it said so.</summary>
    public IReadOnlyDictionary<int, long> Accepted
    {
        get
        {
            lock (_accepted)
            {
                return new Dictionary<int, long>(_accepted);
            }
        }
    }

    public long AcceptedInAll => Accepted.Values.Sum();

    public bool HasExited => _process.HasExited;

    /// <summary>Has one event recorded by a process that does as it is told; it is in the log afterwards.</summary>
    public void Record(string eventName)
    {
        var before = AcceptedInAll;
        _process.StandardInput.WriteLine(eventName);
        _process.StandardInput.Flush();
        Eventually.Equal(before + 1, () => AcceptedInAll);
    }

    /// <summary>Kills it as the kernel does, SIGKILL, and hears what it had said before.</summary>
    public void Kill()
    {
        _process.Kill();
        WaitForExit();
    }

    /// <summary>Stops it where it is, or lets it go on: SIGSTOP and SIGCONT.</summary>
    public void Freeze(bool frozen)
    {
        using var kill = Process.Start("kill", [frozen ? "-STOP" : "-CONT", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        ProcessEnd.WaitFor(kill);
        Eventually.True(() => File.ReadAllText($"/proc/{_process.Id}/stat").Split(") ")[^1].StartsWith('T') == frozen, () => frozen);
    }

    /// <summary>Lets it end in order.</summary>
    public int End()
    {
        _process.StandardInput.Close();
        return WaitForExit();
    }

    public int WaitForExit()
    {
        ProcessEnd.WaitFor(_process);
        _listener.Join();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            ProcessEnd.WaitFor(_process);
        }

        _process.Dispose();
    }

    private void Listen()
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            var parts = line.Split(' ');
            lock (_accepted)
            {
                _accepted[int.Parse(parts[0], CultureInfo.InvariantCulture)] = long.Parse(parts[1], CultureInfo.InvariantCulture);
            }
        }
    }
}
