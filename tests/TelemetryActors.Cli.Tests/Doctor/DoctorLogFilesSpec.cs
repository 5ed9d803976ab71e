using System.Diagnostics;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.Doctor;

/// <summary>Something that is no file of the log stands where one would.</summary>
[Trait("Feature", "S4.7")]
public sealed class DoctorLogFilesSpec : IDisposable
{
    private const string Name = "events_20260101.ndjson";

    private readonly TelemetryProgram _program = new();

    public DoctorLogFilesSpec() => _program.Record(client => client.Record("step"));

    public void Dispose() => _program.Dispose();

    private string Raw => Path.Combine(_program.Base, "raw");

    private string Odd => Path.Combine(Raw, Name);

    [Fact]
    public void A_pipe_hangs_nothing_and_is_told() => Prove(() => Make("mkfifo", Odd), "is no plain file");

    [Fact]
    public void So_is_a_device() => Prove(() => File.CreateSymbolicLink(Odd, "/dev/zero"), "is no plain file");

    [Fact]
    public void So_is_a_directory() => Prove(() => Directory.CreateDirectory(Odd), "is no plain file");

    [Fact]
    public void So_is_a_link_that_leads_nowhere() => Prove(() => File.CreateSymbolicLink(Odd, "/nowhere/at/all"), "leads to /nowhere/at/all, which is not there");

    [Theory]
    [InlineData("/nowhere/at/all")]
    [InlineData("")]
    public void A_link_to_nowhere_or_to_itself_under_the_days_name_keeps_nothing_from_the_log(string target)
    {
        // Midnight may come between the two.
        Directory.Delete(Raw, recursive: true);
        Directory.CreateDirectory(Raw);
        foreach (var day in new[] { 0, 1 })
        {
            var name = Path.Combine(Raw, $"events_{TimeProvider.System.GetUtcNow().AddDays(day):yyyyMMdd}.ndjson");
            File.CreateSymbolicLink(name, target.Length > 0 ? target : name);
        }

        var run = _program.Run("exec", "--", "true");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("\"event\":\"run_end\"", _program.Run("show", "--json").Output, StringComparison.Ordinal);
        Assert.Equal(1, _program.Run("doctor").ExitCode);
    }

    [Theory]
    [InlineData("raw")]
    [InlineData("state")]
    [InlineData("state/sinks")]
    public void A_file_where_a_directory_must_be_is_told(string name)
    {
        var path = Path.Combine(_program.Base, name);
        Directory.Delete(path, recursive: true);
        File.WriteAllText(path, "");

        var doctor = _program.Run("doctor");

        Assert.True(doctor.ExitCode == 1, doctor.Output);
        Assert.Contains($"fault: {path} is no directory: nothing can be written there", doctor.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("nhandled", doctor.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_in_the_place_of_the_logs_state_is_told_beside_everything_else()
    {
        var path = Path.Combine(_program.Base, "state", "sinks", "jsonl.json");
        File.Delete(path);
        Directory.CreateDirectory(path);

        var doctor = _program.Run("doctor");

        Assert.True(doctor.ExitCode == 1, doctor.Output);
        Assert.Contains($"base directory  {_program.Base}", doctor.Output, StringComparison.Ordinal);
        Assert.Contains($"fault: {path} cannot be read: ", doctor.Output, StringComparison.Ordinal);
        Assert.Matches("(?m)^jsonl +1 +1 ", doctor.Output);
        Assert.Equal(0, _program.Run("show").ExitCode);
    }

    [Fact]
    public void A_file_of_another_name_is_noted_and_changes_nothing()
    {
        var path = Path.Combine(Raw, "other.ndjson");
        File.WriteAllText(path, "no event\n");

        var doctor = _program.Run("doctor");

        Assert.Equal(0, doctor.ExitCode);
        Assert.Contains($"note: {path} has no name of a log file", doctor.Output, StringComparison.Ordinal);
        Assert.Equal(0, _program.Run("show").ExitCode);
    }

    private void Prove(Action make, string fault)
    {
        make();

        var doctor = _program.Run("doctor");
        var run = _program.Run("exec", "--", "true");
        var show = _program.Run("show", "--json");

        Assert.True(doctor.ExitCode == 1, doctor.Output);
        Assert.Contains($"fault: {Odd} ", doctor.Output, StringComparison.Ordinal);
        Assert.Contains(fault, doctor.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(0, show.ExitCode);
        Assert.Contains("\"event\":\"step\"", show.Output, StringComparison.Ordinal);
        Assert.Contains("\"event\":\"run_end\"", show.Output, StringComparison.Ordinal);
        Assert.Matches($"^telemetry: {Odd} cannot be read: .*{fault}; what it holds is passed over\n$", show.Error);
    }

    private static void Make(string program, string path)
    {
        using var making = Process.Start(program, path);
        Assert.Equal(0, ProcessEnd.WaitFor(making));
    }
}
