using System.Diagnostics;
using System.Globalization;
using System.Text;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Story;

/// <summary>The program <c>telemetry-node</c> as a process of its own, its output kept.</summary>
internal sealed class NodeProgram : IDisposable
{
    private readonly StringBuilder _output = new();
    private readonly Process _process;

    /// <param name="arguments">Its arguments.</param>
    /// <param name="variables">Its environment, besides this process's own.</param>
    /// <param name="networkNamespace">Where it runs; null: here.</param>
    /// <param name="workingDirectory">Where it looks for <c>appsettings.json</c>; null: this process's.</param>
    public NodeProgram(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? variables = null, string? networkNamespace = null, string? workingDirectory = null)
    {
        string[] program = ["dotnet", Path.Combine(AppContext.BaseDirectory, "telemetry-node.dll"), .. arguments];
        string[] all = networkNamespace is null ? program : ["ip", "netns", "exec", networkNamespace, .. program];
        var start = new ProcessStartInfo(all[0], all[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = workingDirectory ?? "" };
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>The exit code, once it has ended by itself or as it was asked to.</summary>
    public int ExitCode(TimeSpan within)
    {
        Assert.True(_process.WaitForExit(within), $"The process has not ended:\n{Tail}");
        ProcessEnd.WaitFor(_process);
        return _process.ExitCode;
    }

    public void Terminate() => Command.Run("kill", "-TERM", _process.Id.ToString(CultureInfo.InvariantCulture));

    public void Kill()
    {
        _process.Kill();
        ProcessEnd.WaitFor(_process);
    }

    public string Tail => string.Join('\n', Output.Split('\n').TakeLast(25).Select(line => line.Length > 400 ? line[..400] : line));

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }
}
