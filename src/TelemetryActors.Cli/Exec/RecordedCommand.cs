using TelemetryActors.Cli.Output;
using TelemetryActors.Client;
using TelemetryActors.Events;
using TelemetryActors.Runs;
using TelemetryActors.Sinks.Uploads;
using TelemetryActors.Slots;

namespace TelemetryActors.Cli.Exec;

/// <summary>Runs a command as a run of the telemetry. Whatever happens to the telemetry, the command runs and its exit code is ours.</summary>
internal sealed class RecordedCommand(ExecSettings settings)
{
    private const string OutputLine = "stdout_line";
    private const string ErrorLine = "stderr_line";

    // A command that writes faster than a busy disk takes is held for a moment, as by a slow terminal, before lines of it are given up.
    private static readonly TimeSpan LongestStall = TimeSpan.FromSeconds(2);

    // What another place than the event log does not take now waits for it: the run is recorded. `telemetry sinks` tells the cause.
    private IReadOnlyList<string> _sinksBeside = [];
    private string? _failure;
    private string? _end;
    private TelemetryRun? _run;
    private long _refusedLines;

    public int Run()
    {
        using var signals = new SignalRelay();
        var client = TryStart();
        try
        {
            return Run(signals);
        }
        finally
        {
            client?.Dispose();
            TellFailure(client);
        }
    }

    private int Run(SignalRelay signals)
    {
        if (settings.PrintsRunId && _run is not null)
        {
            StandardError.WriteLine(_run.Id);
        }

        using var output = settings.RecordsLines ? new OutputPump(1, (text, isCut) => RecordLine(OutputLine, text, isCut)) : null;
        using var error = settings.RecordsLines ? new OutputPump(2, (text, isCut) => RecordLine(ErrorLine, text, isCut)) : null;
        using var memory = new PeakMemoryWatch();
        if (ChildProcess.TryStart(settings.Command, ChildEnvironment(), output?.Pipe, error?.Pipe, memory.LookClosely, out var fault) is not { } child)
        {
            StandardError.Tell(fault!.Message);
            _run?.SetMetric("exit_code", fault.ShellCode);
            _run?.End(RunStatus.Failed, fault.Message);
            return fault.ShellCode;
        }

        memory.Begin(child);
        signals.GoTo(child);
        output?.Start();
        error?.Start();
        var exit = child.Wait(signals.StaysStopped, signals.Resumed);
        var ended = TimeProvider.System.GetTimestamp();
        Drain(output, "standard output", signals.Enough);
        Drain(error, "standard error", signals.Enough);
        foreach (var lost in new[] { output?.Fault, error?.Fault }.OfType<string>())
        {
            StandardError.Tell(lost);
        }

        End(exit, ended, memory.End(exit.Usage.LargestResidentBytes), output, error);
        return exit.ShellCode;
    }

    private void TellFailure(TelemetryClient? client)
    {
        var refused = client?.Refused.Where(entry => entry.Key is not (DropReason.Disabled or DropReason.Sampled)).Sum(entry => entry.Value) ?? 0;
        var lost = client?.Pipeline.Left.Lost ?? 0;
        if ((_end ?? _failure) is null && refused + lost == 0)
        {
            return;
        }

        // The end says what is kept and what is lost; without it everything else has reached the log.
        var told = _end ?? (_failure is null ? "the event log could not be written" : _failure.Replace("; kept", "", StringComparison.Ordinal)) + Count(lost, "events are lost");
        var isOver = client is not null && _end is null && refused + lost == 0;
        StandardError.Tell($"recording failed{(isOver ? " for a while" : "")}: {told.ReplaceLineEndings(" ")}{Count(refused, "events were not accepted")}");
    }

    private static string Count(long events, string what) => events > 0 ? $"; {events} {what}" : "";

    // Settings that are left out are no failure: the run is recorded.
    private void Take(TelemetryFailure failure)
    {
        if (failure.Where == "settings")
        {
            StandardError.Tell($"{failure.Message}: it is left out");
        }
        else if (failure.Where == TransitionRecorder.UnrecordedName)
        {
            // No log tells of it before the next start.
            StandardError.Tell(failure.Message.ReplaceLineEndings(" "));
        }
        else if (failure.Where == LocalPipeline.EndName)
        {
            _end = failure.Message;
        }
        else if (failure.Where != LocalPipeline.LostName && !_sinksBeside.Contains(failure.Where))
        {
            _failure ??= failure.Message;
        }
    }

    private TelemetryClient? TryStart()
    {
        try
        {
            var options = new TelemetryOptions
            {
                Agent = settings.Agent,
                Preset = TelemetryPreset.Small,
                BaseDirectory = settings.BaseDirectory,
                OnFailure = Take,
                MaxWait = LongestStall,
            }.WithSinkKits();
            _sinksBeside = [.. UploadPreview.Names, .. options.Kits.Select(kit => kit.Name)];
            var client = TelemetryClient.Start(options);
            _run = client.StartRun(settings.Agent, settings.Job, new RunLabels { ["trigger_type"] = "cli" });
            return client;
        }
        catch (Exception exception)
        {
            // Whatever it is: the command was asked for, the recording comes second.
            _failure ??= exception.Message;
            return null;
        }
    }

    private Dictionary<string, string> ChildEnvironment()
    {
        var changes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (_run is not null)
        {
            changes[TelemetryClient.RunVariable] = _run.Id;
        }

        if (settings.BaseDirectory is { Length: > 0 } given)
        {
            changes[BaseFolder.Variable] = Path.GetFullPath(given);
        }

        return changes;
    }

    private void RecordLine(string name, string text, bool isCut)
    {
        var result = isCut ? _run?.Record(name, ("text", text), ("cut", true)) : _run?.Record(name, ("text", text));
        if (result is { IsAccepted: false })
        {
            Interlocked.Increment(ref _refusedLines);
        }
    }

    private static void Drain(OutputPump? pump, string stream, CancellationToken enough)
    {
        if (pump?.TryDrain(enough) == false)
        {
            StandardError.Tell($"something that the command started holds its {stream} open: what it writes from now on is not recorded");
        }
    }

    private void End(ChildExit exit, long ended, PeakMemory peak, OutputPump? output, OutputPump? error)
    {
        if (_run is null)
        {
            return;
        }

        _run.SetMetric("exit_code", exit.ShellCode);
        if (exit.Signal != 0)
        {
            _run.SetMetric("signal", SignalName.Of(exit.Signal));
        }

        _run.SetMetric("cpu_user_ms", exit.Usage.UserTime.TotalMilliseconds);
        _run.SetMetric("cpu_system_ms", exit.Usage.SystemTime.TotalMilliseconds);
        Set("peak_memory_bytes", peak.Bytes);
        Set("peak_memory_at_most_bytes", peak.AtMostBytes);
        if (output is not null && error is not null)
        {
            _run.SetMetric("stdout_lines", output.Lines);
            _run.SetMetric("stderr_lines", error.Lines);
        }

        if (_refusedLines > 0)
        {
            _run.SetMetric("lines_not_recorded", _refusedLines);
        }

        var cause = exit.Signal != 0 ? $"ended by {SignalName.Of(exit.Signal)}" : exit.Code != 0 ? $"exit code {exit.Code}" : null;
        _run.End(new RunEnding(exit.Status) { Error = cause }, ended);
    }

    private void Set(string metric, long? value)
    {
        if (value is { } known)
        {
            _run!.SetMetric(metric, known);
        }
    }
}
