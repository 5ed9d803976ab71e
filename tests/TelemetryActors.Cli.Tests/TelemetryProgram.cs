using System.Diagnostics;
using System.Text.Json;
using TelemetryActors.Ring;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli;

/// <summary>The built program as real processes, on a base directory of its own.</summary>
internal sealed class TelemetryProgram : IDisposable
{
    // A start alone takes a starved machine half a minute.
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    public static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "telemetry.dll");

    public string Base { get; } = Directory.CreateTempSubdirectory("telemetry-cli-").FullName;

    /// <summary>Variables that the processes get beside this one's own.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>Runs a command to its end.</summary>
    public ProgramResult Run(params string[] args) => Run([], args);

    /// <summary>Runs a command to its end, with something on standard input.</summary>
    public ProgramResult Run(byte[] input, params string[] args)
    {
        using var process = Start(args);
        return Finish(process, input);
    }

    public static ProgramResult Finish(Process process, byte[]? input = null)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var reading = Task.WhenAll(process.StandardOutput.BaseStream.CopyToAsync(output), process.StandardError.BaseStream.CopyToAsync(error));
        process.StandardInput.BaseStream.Write(input ?? []);
        process.StandardInput.Close();
        if (!reading.Wait(Bound) || !process.WaitForExit(Bound))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', process.StartInfo.ArgumentList)} did not end within {Bound}");
        }

        return new ProgramResult(process.ExitCode, output.ToArray(), error.ToArray());
    }

    /// <summary>The next line of what a running command writes; null at its end.</summary>
    public static string? ReadLine(Process process) => ReadLine(process.StandardOutput, process);

    /// <summary>The next line of one stream of a running command; null at its end.</summary>
    public static string? ReadLine(StreamReader stream, Process process)
    {
        var line = stream.ReadLineAsync();
        return line.Wait(Bound) ? line.Result : throw new TimeoutException($"{string.Join(' ', process.StartInfo.ArgumentList)} wrote no line within {Bound}");
    }

    /// <summary>Starts a command, on this base directory unless it names one, and leaves it running.</summary>
    public Process Start(params string[] args) => StartUnder([], args);

    /// <summary>Runs the program without any argument.</summary>
    public ProgramResult RunBare()
    {
        using var process = StartWords(["dotnet", Assembly]);
        return Finish(process);
    }

    /// <summary>Runs a command to its end as the command of another program, such as <c>timeout 1</c>.</summary>
    public ProgramResult RunUnder(string[] outer, params string[] args)
    {
        using var process = StartUnder(outer, args);
        return Finish(process);
    }

    // Whoever runs the specs may ignore signals, as a shell's background jobs do, and what is ignored stays so in every child.
    private static readonly string[] DefaultSignals = OperatingSystem.IsLinux() ? ["env", "--default-signal=HUP,INT,QUIT,USR1,USR2,PIPE,ALRM,TERM,CONT,TSTP,WINCH"] : [];

    /// <summary>Starts a command as the command of another program, and leaves it running.</summary>
    public Process StartUnder(string[] outer, string[] args)
    {
        string[] directory = args.Contains("--base") ? [] : ["--base", Base];
        return StartWords([.. DefaultSignals, .. outer, "dotnet", Assembly, .. directory, .. args]);
    }

    private Process StartWords(string[] words)
    {
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,

            // In no work tree: a run in one has its commit in its start, or, where the disk takes longer, in an event of its own.
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in new[] { "TELEMETRY_RING_DIR", "TELEMETRY_RUN_ID", "TELEMETRY_BASE_DIR", "NO_COLOR" })
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>The events of the log, as <c>show --json</c> gives them.</summary>
    public IReadOnlyList<JsonElement> Show(params string[] args) => Json(Run(["show", "--json", .. args]));

    public static IReadOnlyList<JsonElement> Json(ProgramResult result) => [.. result.Lines.Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>What records in this process on this base directory: it begins and ends whole, however long a starved machine takes.</summary>
    public TelemetryOptions Options() => new() { Agent = "spec", Preset = TelemetryPreset.Small, BaseDirectory = Base, StartBudget = Bound, ShutdownBudget = Bound };

    /// <summary>Records events in this process.</summary>
    public void Record(Action<TelemetryClient> record, Action<TelemetryOptions>? configure = null)
    {
        var options = Options();
        configure?.Invoke(options);
        using var client = TelemetryClient.Start(options);
        record(client);
    }

    /// <summary>Locks, temporary files and rings that are still there.</summary>
    public IReadOnlyList<string> Leftovers()
    {
        return
        [
            .. Directory.EnumerateFiles(Base, "*", SearchOption.AllDirectories).Where(file => file.EndsWith(".lock", StringComparison.Ordinal)
                || file.EndsWith(".tmp", StringComparison.Ordinal) || file.EndsWith(".new", StringComparison.Ordinal)),
            .. RingPlacement.Find(Path.Combine(Base, "state")).Files("*.ring").Where(IsOurs),
        ];
    }

    public void Dispose()
    {
        foreach (var ring in Leftovers().Where(left => left.EndsWith(".ring", StringComparison.Ordinal)))
        {
            File.Delete(ring);
        }

        Directory.Delete(Base, recursive: true);
    }

    private bool IsOurs(string ring)
    {
        try
        {
            return RingFactory.BaseDirectoryOf(ring) == Base;
        }
        catch (IOException)
        {
            // The directory is shared with everything that runs here; our processes have ended and hold nothing.
            return false;
        }
    }
}
