using System.Diagnostics;
using System.Globalization;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.Exec;

public sealed class SignalRelaySpec : IDisposable
{
    private readonly TelemetryProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    [InlineData("QUIT")]
    [InlineData("USR1")]
    [InlineData("USR2")]
    [InlineData("ALRM")]
    [InlineData("CONT")]
    [InlineData("WINCH")]
    [InlineData("ABRT")]
    [InlineData("16")]
    [InlineData("URG")]
    [InlineData("XCPU")]
    [InlineData("VTALRM")]
    [InlineData("PROF")]
    [InlineData("IO")]
    [InlineData("PWR")]
    public void Signals_go_through_to_the_child_whose_answer_is_ours(string signal)
    {
        using var exec = _program.Start("exec", "--", "sh", "-c", $"trap 'echo caught; exit 7' {signal}; echo ready; while :; do sleep 0.05; done");
        Assert.Equal("ready", TelemetryProgram.ReadLine(exec));

        Signals.Send(exec.Id, signal);

        Assert.Equal("caught", TelemetryProgram.ReadLine(exec));
        Assert.Equal(7, TelemetryProgram.Finish(exec).ExitCode);
    }

    // A shell numbers real-time signals as its own C library does: bash knows them all.
    [Theory]
    [InlineData("RTMIN+1")]
    [InlineData("RTMIN+3")]
    [InlineData("RTMAX")]
    public void Real_time_signals_go_through_to_the_child_whose_answer_is_ours(string signal)
    {
        using var exec = _program.Start("exec", "--", "bash", "-c", $"trap 'echo caught; exit 7' {signal}; kill -l {signal}; while :; do sleep 0.05; done");
        var number = TelemetryProgram.ReadLine(exec)!;

        Signals.Send(exec.Id, number);

        Assert.Equal("caught", TelemetryProgram.ReadLine(exec));
        Assert.Equal(7, TelemetryProgram.Finish(exec).ExitCode);
    }

    [Theory]
    [InlineData("XCPU", 24)]
    [InlineData("PWR", 30)]
    [InlineData("37", 37)]
    public void A_signal_that_ends_the_command_ends_exec_behind_it_and_the_run_is_told_of_it(string signal, int number)
    {
        using var exec = _program.Start("exec", "--", "sh", "-c", "echo ready; exec sleep 100");
        Assert.Equal("ready", TelemetryProgram.ReadLine(exec));

        Signals.Send(exec.Id, signal);

        Assert.Equal(128 + number, TelemetryProgram.Finish(exec).ExitCode);
        var run = Assert.Single(TelemetryProgram.Json(_program.Run("runs", "--json")));
        Assert.Equal(("failed", $"ended by SIG{signal}"), (run.GetProperty("status").GetString(), run.GetProperty("error").GetString()));
    }

    [Fact]
    public void A_signal_that_a_command_takes_for_an_order_ends_neither_it_nor_its_run()
    {
        using var exec = _program.Start("exec", "--", "sh", "-c", "trap 'echo rotated' USR1; trap 'echo end; exit 0' USR2; echo ready; while :; do sleep 0.05; done");
        Assert.Equal("ready", TelemetryProgram.ReadLine(exec));

        Signals.Send(exec.Id, "USR1");
        Assert.Equal("rotated", TelemetryProgram.ReadLine(exec));
        Signals.Send(exec.Id, "USR1");
        Assert.Equal("rotated", TelemetryProgram.ReadLine(exec));
        Signals.Send(exec.Id, "USR2");

        Assert.Equal(0, TelemetryProgram.Finish(exec).ExitCode);
        Assert.Equal("success", Assert.Single(TelemetryProgram.Json(_program.Run("runs", "--json"))).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("HUP")]
    [InlineData("QUIT")]
    [InlineData("USR1")]
    public void A_signal_that_exec_was_started_to_ignore_ends_neither_it_nor_its_command(string signal)
    {
        var result = _program.RunUnder(["env", $"--ignore-signal={signal}"], "exec", "--", "sh", "-c", $"kill -{signal} $PPID; kill -{signal} $$; echo alive");

        Assert.Equal((0, "alive\n"), (result.ExitCode, result.Output));
        Assert.Equal("success", TelemetryProgram.Json(_program.Run("runs", "--json"))[0].GetProperty("status").GetString());
    }

    // bash keeps jobs here as at a terminal: what is stopped gives it the turn, and `fg` brings the job back.
    [Fact]
    public void A_job_that_is_stopped_stops_with_its_command_and_both_come_back()
    {
        using var shell = StartAsJob("while :; do sleep 0.05; done", "trap 'echo back; exit 5' CONT");
        var (exec, command) = (Number(shell), Number(shell));
        Signals.Send(exec, "TSTP");

        Assert.Equal("turn 147", TelemetryProgram.ReadLine(shell));
        Assert.Equal(('T', 'T'), (StateOf(exec), StateOf(command)));
        shell.StandardInput.WriteLine("fg");

        Assert.Equal("back", TelemetryProgram.ReadLine(shell));
        Assert.Equal(5, TelemetryProgram.Finish(shell).ExitCode);
        Assert.Equal("failed", Assert.Single(TelemetryProgram.Json(_program.Run("runs", "--json"))).GetProperty("status").GetString());
    }

    [Fact]
    public void A_stop_that_is_taken_back_at_once_stops_neither_exec_nor_its_command()
    {
        using var shell = StartAsJob("while :; do echo goes on; sleep 0.05; done", "trap 'exit 4' TERM");
        var (exec, command) = (Number(shell), Number(shell));

        for (var round = 0; round < 40; round++)
        {
            SendDirectly(exec, "TSTP", "CONT");

            // A quarter of a second: whatever came of the two signals has come by then.
            Assert.All(Enumerable.Range(0, 5), _ => Assert.Equal("goes on", TelemetryProgram.ReadLine(shell)));
            Assert.NotEqual('T', StateOf(exec));
        }

        Signals.Send(command, "TERM");
        string? line;
        do
        {
            line = TelemetryProgram.ReadLine(shell);
        }
        while (line == "goes on");

        Assert.Equal("turn 4", line);
        shell.StandardInput.WriteLine("true");
        TelemetryProgram.Finish(shell);
    }

    [Fact]
    public void A_command_that_stops_itself_as_a_job_stops_exec_and_a_signal_to_exec_brings_both_back()
    {
        using var shell = StartAsJob("kill -TSTP $$; echo back; exit 6");
        var (exec, command) = (Number(shell), Number(shell));

        Assert.Equal("turn 147", TelemetryProgram.ReadLine(shell));
        Assert.Equal(('T', 'T'), (StateOf(exec), StateOf(command)));
        Signals.Send(exec, "CONT");
        shell.StandardInput.WriteLine("wait");

        Assert.Equal("back", TelemetryProgram.ReadLine(shell));
        Assert.Equal(6, TelemetryProgram.Finish(shell).ExitCode);
    }

    [Fact]
    public void A_command_that_does_not_take_a_stop_keeps_exec_going()
    {
        using var shell = StartAsJob("while :; do sleep 0.05; done", "trap 'echo not now; exit 8' TSTP");
        var (exec, _) = (Number(shell), Number(shell));
        Signals.Send(exec, "TSTP");

        Assert.Equal("not now", TelemetryProgram.ReadLine(shell));
        Assert.Equal("turn 8", TelemetryProgram.ReadLine(shell));
        shell.StandardInput.WriteLine("true");
        TelemetryProgram.Finish(shell);
    }

    [Fact]
    public void A_command_that_somebody_holds_and_lets_go_by_itself_leaves_exec_running()
    {
        using var exec = _program.Start("exec", "--", "sh", "-c", "echo $$; while :; do sleep 0.05; done");
        var command = Number(exec);

        Signals.Send(command, "STOP");
        Eventually.True(() => StateOf(command) == 'T', () => $"the command is {StateOf(command)}");
        Signals.Send(command, "CONT");
        Signals.Send(command, "TERM");

        Assert.Equal(143, TelemetryProgram.Finish(exec).ExitCode);
    }

    [Theory]
    [InlineData(4, SignalName.TerminalStop, SignalName.Continue)]
    [InlineData(4, SignalName.Continue, SignalName.TerminalStop)]
    [InlineData(3, SignalName.TerminalStop)]
    public void A_stop_that_came_before_the_command_and_was_taken_back_does_not_reach_it(int exitCode, params int[] signals)
    {
        var time = new ManualTime();
        using var relay = new SignalRelay(time);
        Array.ForEach(signals, relay.Take);
        time.Advance(TimeSpan.FromSeconds(5));
        var ready = Path.Combine(_program.Base, "ready");
        var child = ChildProcess.TryStart(
            ["sh", "-c", $"trap 'exit 3' TSTP; trap 'exit 4' WINCH; touch {ready}; while :; do sleep 0.05; done"], new Dictionary<string, string>(), null, null, _ => { }, out _)!;
        Eventually.True(() => File.Exists(ready));

        relay.GoTo(child);
        time.Advance(TimeSpan.FromSeconds(5));

        // The shell looks at the signals it has in the order of their numbers.
        child.Signal(SignalName.WindowChange);
        Assert.Equal(exitCode, child.Wait(() => false, () => { }).Code);
    }

    // Writes exec's number and the command's, and `turn N` once the shell has its turn again; then it does what it is told and ends as the job did.
    private Process StartAsJob(string script, string trap = "true") => _program.StartUnder(
        ["bash", "-c", "set -m; \"$@\" < /dev/null; echo turn $?; read -r next; if [ \"$next\" = wait ]; then wait %1; else $next > /dev/null; fi", "bash"],
        ["exec", "--", "sh", "-c", $"{trap}; echo $PPID; echo $$; {script}"]);

    // One program sends both: nothing is between them.
    private static void SendDirectly(int process, string first, string then)
    {
        using var both = Process.Start("bash", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{first} {process}; kill -{then} {process}")]);
        both.WaitForExit();
    }

    private static int Number(Process process) => int.Parse(TelemetryProgram.ReadLine(process)!, CultureInfo.InvariantCulture);

    // The state stands behind the name, which is in parentheses.
    private static char StateOf(int process)
    {
        var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
        return text[text.LastIndexOf(')') + 2];
    }
}
