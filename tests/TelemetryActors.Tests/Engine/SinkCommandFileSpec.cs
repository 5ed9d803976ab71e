using TelemetryActors.Engine;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Tests.Engine;

public sealed class SinkCommandFileSpec : IDisposable
{
    private const int Writers = 8;
    private const int Each = 100;

    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _directory = Directory.CreateTempSubdirectory("telemetryactors-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    // Each append opens the file anew: to the kernel that is what several processes are.
    [Fact]
    public void Of_many_that_command_at_once_none_is_lost_and_no_line_is_mixed()
    {
        var threads = Enumerable.Range(0, Writers).Select(writer => new Thread(() => CommandMany(writer))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => Assert.True(thread.Join(Eventually.DefaultBound)));

        var offset = 0L;
        var commands = Commands().ReadFrom(ref offset, out var fault);

        Assert.Null(fault);
        Assert.Equal(Writers * Each, commands.Select(read => read.Command.Why).Distinct().Count());
        Assert.Equal(Writers * Each, commands.Count);
        Assert.Equal(Commands().Length, offset);
    }

    [Fact]
    public void A_command_behind_a_line_that_was_cut_short_is_read_and_an_empty_line_is_none()
    {
        Commands().Append(Command("first"));
        File.AppendAllText(PathOf, "\n{\"ts\":");
        Commands().Append(Command("second"));

        var offset = 0L;
        var read = Commands().ReadFrom(ref offset, out var fault);

        Assert.Equal(["first", "second"], read.Select(command => command.Command.Why));
        Assert.Contains("has a line that is no command", fault, StringComparison.Ordinal);
    }

    private void CommandMany(int writer)
    {
        for (var number = 0; number < Each; number++)
        {
            Commands().Append(Command($"{writer}.{number}{new string('x', number)}"));
        }
    }

    private SinkCommandFile Commands() => new(DiskFileSystem.Instance, _directory, "http");

    private string PathOf => SinkPaths.Commands(_directory, "http");

    private static SinkCommand Command(string why) => new(SinkCommandKind.Pause, "spec", Noon, why);
}
