using System.Diagnostics;
using TelemetryActors.TestKit;

namespace TelemetryActors.Sqlite;

/// <summary>The test writer as a real process: it writes and stores until it is killed, or holds a file's lock.</summary>
internal sealed class HelperProcess : IDisposable
{
    private readonly Process _process;

    private HelperProcess(string? rings, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "TelemetryActors.TestWriter.dll"));
        Array.ForEach(arguments, start.ArgumentList.Add);
        if (rings is not null)
        {
            start.Environment["TELEMETRY_RING_DIR"] = rings;
        }

        _process = Process.Start(start)!;
    }

    /// <summary>Another process that has the lock of a SQLite file by the time this returns.</summary>
    public static HelperProcess Lock(string file)
    {
        var helper = new HelperProcess(null, "lock", file);
        if (helper._process.StandardOutput.ReadLine() != "locked")
        {
            throw new InvalidOperationException("the file was not locked");
        }

        return helper;
    }

    /// <summary>Another process that records and stores events in runs, without end or a number of them.</summary>
    public static HelperProcess Write(string baseDirectory, string rings, long events = 0) => new(rings, baseDirectory, "writer", "1", $"{events}", "sqlite");

    /// <summary>Waits until it has said how many events were accepted, and that they are at least so many.</summary>
    public void WaitFor(long accepted)
    {
        while (_process.StandardOutput.ReadLine() is { } line && long.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) < accepted)
        {
        }
    }

    public void Kill()
    {
        _process.Kill();
        ProcessEnd.WaitFor(_process);
    }

    public int End()
    {
        _process.StandardInput.Close();
        _process.StandardOutput.ReadToEnd();
        ProcessEnd.WaitFor(_process);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
