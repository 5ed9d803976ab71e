using System.Text.Json;
using Xunit;

namespace TelemetryActors.Cli.Exec;

public sealed class PeakMemorySpec : IDisposable
{
    private const long MiB = 1024 * 1024;

    // In which exec looks at its command, whatever else the machine does.
    private const string Long = "3";

    private readonly TelemetryProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public void What_the_system_says_holds_once_it_is_above_what_the_child_inherited() =>
        Assert.Equal(new PeakMemory(200 * MiB, null), PeakMemory.Of(200 * MiB, inherited: 48 * MiB, seen: 3 * MiB));

    [Fact]
    public void Below_that_it_is_only_what_the_truth_cannot_exceed() =>
        Assert.Equal(new PeakMemory(3 * MiB, 48 * MiB), PeakMemory.Of(48 * MiB, inherited: 48 * MiB, seen: 3 * MiB));

    [Fact]
    public void The_kernels_counting_error_is_no_difference() =>
        Assert.Equal(new PeakMemory(3 * MiB, (48 * MiB) + 4096), PeakMemory.Of((48 * MiB) + 4096, inherited: 48 * MiB, seen: 3 * MiB));

    [Fact]
    public void A_child_that_was_gone_before_it_was_seen_has_an_upper_bound_alone() =>
        Assert.Equal(new PeakMemory(null, 48 * MiB), PeakMemory.Of(48 * MiB, inherited: 48 * MiB, seen: null));

    [Fact]
    public void A_program_that_had_only_its_first_page_was_not_seen() =>
        Assert.Equal(new PeakMemory(null, 48 * MiB), PeakMemory.Of(48 * MiB, inherited: 48 * MiB, seen: 4096));

    [Fact]
    public void Where_nothing_is_inherited_the_system_is_believed() =>
        Assert.Equal(new PeakMemory(3 * MiB, null), PeakMemory.Of(3 * MiB, inherited: null, seen: null));

    [Fact]
    public void A_small_command_is_not_shown_with_our_own_memory()
    {
        _program.Run("exec", "--", "sleep", Long);

        var metrics = Metrics();
        Assert.InRange(metrics.GetProperty("peak_memory_bytes").GetInt64(), 1, 10 * MiB);
        Assert.True(metrics.GetProperty("peak_memory_at_most_bytes").GetInt64() > 15 * MiB);
    }

    [Fact]
    public void A_command_that_a_shell_runs_is_seen_too()
    {
        _program.Run("exec", "--", "sh", "-c", $"(head -c 16777216 /dev/zero; sleep {Long}) | tail -c 16777215 > /dev/null; true");

        Assert.InRange(Metrics().GetProperty("peak_memory_bytes").GetInt64(), 14 * MiB, 40 * MiB);
    }

    [Fact]
    public void Two_hundred_MiB_for_a_moment_are_all_counted()
    {
        _program.Run("exec", "--", "sh", "-c", "head -c 209715200 /dev/zero | tail -c 209715200 > /dev/null");

        var metrics = Metrics();
        Assert.InRange(metrics.GetProperty("peak_memory_bytes").GetInt64(), 200 * MiB, 400 * MiB);
        Assert.False(metrics.TryGetProperty("peak_memory_at_most_bytes", out _));
    }

    private JsonElement Metrics() => TelemetryProgram.Json(_program.Run("runs", "--json"))[0].GetProperty("metrics");
}
