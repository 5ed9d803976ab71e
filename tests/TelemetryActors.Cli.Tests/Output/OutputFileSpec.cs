using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.Versioning;
using TelemetryActors.Configuration;
using TelemetryActors.Sqlite;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.Output;

[UnsupportedOSPlatform("windows")]
public sealed class OutputFileSpec : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private readonly string _directory = Directory.CreateTempSubdirectory("telemetry-output-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    [Trait("Feature", "S3.24")]
    public void What_was_there_stays_when_the_writer_fails_and_nothing_is_left_beside_it()
    {
        var path = Place("events.json");
        File.WriteAllText(path, "before");

        Assert.Throws<InvalidDataException>(() => OutputFile.Write(path, output =>
        {
            output.Write("half"u8);
            throw new InvalidDataException("damaged");
        }));

        Assert.Equal(("before", 1), (File.ReadAllText(path), Directory.GetFiles(_directory).Length));
    }

    [Theory]
    [InlineData("config.json"), InlineData("state/consent.json"), InlineData("raw/mine.jsonl"), InlineData("link/consent.json"), InlineData("state/sinks/deep.json")]
    [InlineData("into-raw"), InlineData("dead"), InlineData("log/app.ndjson"), InlineData("log/app-s2.001.ndjson"), InlineData("used.ndjson"), InlineData("store/mine.sqlite-wal"), InlineData("to-store")]
    public void Files_of_the_products_own_are_nobodys_to_write_by_whatever_path(string path)
    {
        Directory.CreateDirectory(Place("state/sinks"));
        Directory.CreateDirectory(Place("raw"));
        File.WriteAllText(Place("config.json"), "{}");
        Directory.CreateSymbolicLink(Place("link"), Place("state"));
        File.CreateSymbolicLink(Place("into-raw"), "raw/not-there-yet.ndjson");
        File.CreateSymbolicLink(Place("to-store"), "store/mine.sqlite");
        File.WriteAllText(Place("state/log-files"), "./used.ndjson\n");
        var options = new TelemetryOptions { BaseDirectory = _directory }.WithSinkKits();
        options.Log.File = "log/app.ndjson";
        options.Kit<SqliteKit>().Options.Path = "store/mine.sqlite";
        var start = StartSettings.Find(options);

        var refused = Assert.Throws<CommandException>(() => OwnFiles.Refuse(Place(path), start));

        Assert.Equal(ExitCode.Usage, refused.ExitCode);
        Assert.Contains("files of its own", refused.Message, StringComparison.Ordinal);
        OwnFiles.Refuse(Place("mine.jsonl"), start);
        OwnFiles.Refuse(Place("log/mine.ndjson"), start);
    }

    [Fact]
    [Trait("Feature", "S3.24")]
    public void An_export_takes_the_place_of_no_log_and_of_no_store()
    {
        using var program = new TelemetryProgram();
        var (log, store) = (Path.Combine(program.Base, "app.ndjson"), Place("store.sqlite"));
        program.Run("config", "set", "log.file", "app.ndjson");
        program.Run("config", "set", "sinks.sqlite.path", store);
        program.Record(client => client.Record("step"));
        var before = File.ReadAllText(log);

        string[] own = [log, store, Place("to-log")];
        File.CreateSymbolicLink(own[2], log);
        var refused = own.Select(path => program.Run("export", "--out", path)).ToList();

        Assert.All(refused, result => Assert.Equal(2, result.ExitCode));
        Assert.All(refused, result => Assert.Contains("files of its own", result.Error, StringComparison.Ordinal));
        Assert.Equal((before, false), (File.ReadAllText(log), File.Exists(store)));
    }

    [Fact]
    public async Task A_file_keeps_its_rights_and_a_link_its_target()
    {
        var (path, link) = (Place("events.json"), Place("latest.json"));
        File.WriteAllText(path, "before");
        File.SetUnixFileMode(path, Private);
        File.CreateSymbolicLink(link, path);

        await OutputFile.WriteAsync(link, async output =>
        {
            await output.WriteAsync("after"u8.ToArray());
            return 0;
        });

        Assert.Equal(("after", Private, path), (File.ReadAllText(path), File.GetUnixFileMode(path), new FileInfo(link).LinkTarget));
    }

    [Fact]
    public void A_link_that_leads_nowhere_yet_leads_to_the_file_then()
    {
        var (path, link) = (Place("events.json"), Place("latest.json"));
        File.CreateSymbolicLink(link, path);

        OutputFile.Write(link, output => output.Write("first"u8));

        Assert.Equal(("first", path), (File.ReadAllText(path), new FileInfo(link).LinkTarget));
    }

    [Fact]
    public void A_file_of_a_similar_name_is_nobodys_scratch()
    {
        File.WriteAllText(Place("events.json.tmp"), "mine");

        OutputFile.Write(Place("events.json"), output => output.Write("new"u8));

        Assert.Equal("mine", File.ReadAllText(Place("events.json.tmp")));
    }

    [Fact]
    public void What_a_killed_process_left_goes_and_what_a_living_one_writes_stays()
    {
        var (left, held) = (Place($"events.json.{Guid.NewGuid():N}.tmp"), Place($"events.json.{Guid.NewGuid():N}.tmp"));
        File.WriteAllText(left, "half");
        using var living = new FileStream(held, FileMode.CreateNew, FileAccess.Write, FileShare.None);

        OutputFile.Write(Place("events.json"), output => output.Write("new"u8));

        Assert.Equal((false, true), (File.Exists(left), File.Exists(held)));
    }

    [Fact]
    public void A_writer_that_closes_the_stream_has_its_file_too()
    {
        OutputFile.Write(Place("events.json"), output =>
        {
            using var text = new StreamWriter(output);
            text.Write("closed");
        });

        Assert.Equal("closed", File.ReadAllText(Place("events.json")));
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public void An_export_that_is_interrupted_leaves_nothing(string signal, int exitCode)
    {
        using var program = new TelemetryProgram();
        program.Record(client =>
        {
            for (var number = 0; number < 300_000; number++)
            {
                client.Record("step", ("number", number));
            }
        });
        using var export = program.Start("export", "--out", Place("events.json"));
        Eventually.True(() => Directory.EnumerateFiles(_directory, "*.tmp").Any(), () => export.HasExited);

        Signals.Send(export.Id, signal);

        Assert.Equal(exitCode, TelemetryProgram.Finish(export).ExitCode);
        Assert.Empty(Directory.EnumerateFiles(_directory));
    }

    [Fact]
    public async Task A_pipe_is_written_into_and_stays_one()
    {
        var pipe = Place("pipe");
        using (var made = Process.Start("mkfifo", pipe))
        {
            await made.WaitForExitAsync();
        }

        var reading = Task.Factory.StartNew(() => File.ReadAllText(pipe), TaskCreationOptions.LongRunning);
        OutputFile.Write(pipe, output => output.Write("through"u8));

        Assert.Equal(("through", false), (await reading.WaitAsync(TimeSpan.FromSeconds(30)), Storage.FileStatus.IsPlain(pipe)));
    }

    [Fact]
    public void An_open_pipe_is_written_into_by_the_link_that_a_shell_gives()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        OutputFile.Write($"/proc/self/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}", output => output.Write("through"u8));
        pipe.DisposeLocalCopyOfClientHandle();

        Assert.Equal("through", new StreamReader(pipe).ReadToEnd());
    }

    [Fact]
    public void A_device_that_takes_nothing_says_so_and_stays_one()
    {
        File.CreateSymbolicLink(Place("full"), "/dev/full");

        var refused = Assert.Throws<IOException>(() => OutputFile.Write(Place("full"), output => output.Write("lost"u8)));

        Assert.Equal(($"No space left on device : '{Place("full")}'", false), (refused.Message, Storage.FileStatus.IsPlain(Place("full"))));
    }

    [FactNeeding("strace")]
    [Trait("Feature", "S3.24")]
    public void An_export_that_its_disk_fails_to_sync_is_not_called_written() => Refuse("EIO", "Input/output error");

    [FactNeeding("strace")]
    [Trait("Feature", "S3.24")]
    public void An_export_for_which_the_disk_has_no_room_at_the_sync_is_not_called_written() => Refuse("ENOSPC", "No space left on device");

    private void Refuse(string error, string said)
    {
        using var program = new TelemetryProgram();
        program.Record(client => client.Record("step"));
        File.WriteAllText(Place("events.json"), "before");

        var result = program.RunUnder(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e", $"inject=fsync:error={error}:when=1"], "export", "--out", Place("events.json"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"failed: {said}", result.Error, StringComparison.Ordinal);
        Assert.Equal(("before", 1), (File.ReadAllText(Place("events.json")), Directory.GetFiles(_directory).Length));
    }

    private string Place(string name) => Path.Combine(_directory, name);
}
