using Microsoft.Extensions.DependencyInjection;
using TelemetryActors.Events;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using TelemetryActors.Tests.Hosting;
using Xunit;

namespace TelemetryActors.Tests.Client;

[Trait("Feature", "S1.1")]
[Trait("Feature", "S4.7")]
public sealed class UnreachableBaseSpec : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    private readonly ClientRig _rig = new();

    public UnreachableBaseSpec()
    {
        File.CreateSymbolicLink(Path.Combine(_rig.BaseDirectory, "loop"), "loop");
        File.WriteAllText(Path.Combine(_rig.BaseDirectory, "file"), "text");
    }

    public static TheoryData<string> Unreachable => ["loop", "loop/deeper", "file", "file/deeper", new string('l', 300), new string('l', 300) + "/deeper"];

    public void Dispose() => _rig.Dispose();

    [Theory]
    [MemberData(nameof(Unreachable))]
    public void Recording_goes_on_in_memory_where_nobody_can_look_into_the_base_directory_and_that_is_told(string name)
    {
        var path = Path.Combine(_rig.BaseDirectory, name);
        RecordResult recorded;
        using (var client = _rig.Start(options => (options.BaseDirectory, options.ShutdownBudget) = (path, Short)))
        {
            recorded = client.Record("work");
        }

        Assert.True(recorded.IsAccepted);
        Assert.Contains(_rig.Failures, failure => failure.Where == "start" && failure.Message.StartsWith($"The base directory {path} cannot be used: ", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Feature", "S4.17")]
    [Trait("Feature", "S1.18")]
    public void A_base_directory_that_refuses_at_the_start_and_is_mended_gets_a_slot_with_what_was_recorded_before()
    {
        var path = Path.Combine(_rig.BaseDirectory, "file");
        using (var client = _rig.Start(options => options.BaseDirectory = path))
        {
            client.Record("before");
            File.Delete(path);

            Eventually.True(() => _rig.Failures.Any(failure => failure.Where == "slot" && failure.Message.StartsWith("The base directory answers: this process goes on in slot 1", StringComparison.Ordinal)));
            client.Record("after");
        }

        var log = Directory.GetFiles(Path.Combine(path, "raw"), "*.ndjson").SelectMany(File.ReadAllLines).ToList();
        Assert.Single(log, line => line.Contains("\"before\"", StringComparison.Ordinal));
        Assert.Single(log, line => line.Contains("\"after\"", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Feature", "S4.17")]
    public void Settings_that_nobody_can_look_at_are_told_and_left_out()
    {
        var files = new RefusingFileSystem(_rig.ConfigFile, () => new IOException("Stale file handle", 116));

        using (var client = _rig.Start(options => options.Files = files))
        {
            Assert.True(client.Record("work").IsAccepted);
        }

        Assert.Equal($"{_rig.ConfigFile} cannot be read: Stale file handle", Assert.Single(_rig.Failures, failure => failure.Where == "settings").Message);
        Assert.Equal(["work"], _rig.Names());
    }

    [Fact]
    [Trait("Feature", "S4.17")]
    public void Who_rejects_bad_settings_rejects_those_that_nobody_can_look_at()
    {
        var files = new RefusingFileSystem(_rig.ConfigFile, () => new UnauthorizedAccessException("denied"));

        var thrown = Assert.Throws<ArgumentException>(() => _rig.Start(options => (options.Files, options.RejectBadSettings) = (files, true)));

        Assert.Equal($"{_rig.ConfigFile} cannot be read: denied", thrown.Message);
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(UnauthorizedAccessException))]
    [InlineData(typeof(NotSupportedException))]
    [InlineData(typeof(InvalidDataException))]
    [InlineData(typeof(ArgumentException))]
    public void Whatever_every_look_at_the_disk_throws_the_program_starts_records_and_ends(Type thrown)
    {
        var files = new RefusingFileSystem("", () => (Exception)Activator.CreateInstance(thrown, "refused")!);

        using (var client = _rig.Start(options => (options.Files, options.ShutdownBudget) = (files, Short)))
        {
            Assert.True(client.Record("work").IsAccepted);
        }

        Assert.Contains(_rig.Failures, failure => failure.Where == "start" && failure.Message.Contains("cannot be used: refused", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Feature", "S2.68")]
    public async Task A_host_starts_and_ends_all_the_same()
    {
        using var rig = new HostRig();
        using var host = rig.Build(options => (options.BaseDirectory, options.ShutdownBudget) = (Path.Combine(_rig.BaseDirectory, "loop"), Short));

        await host.StartAsync();
        var recorded = host.Services.GetTelemetry().Record("work");
        await host.StopAsync();

        Assert.True(recorded.IsAccepted);
    }

    private sealed class RefusingFileSystem(string path, Func<Exception> thrown) : IFileSystem
    {
        public IStorageFile Create(string path, bool isPrivate = false) => At(path).Create(path, isPrivate);

        public IStorageFile Open(string path, bool writable) => At(path).Open(path, writable);

        public IStorageFile OpenPlain(string path, bool writable) => At(path).OpenPlain(path, writable);

        public FileIdentity? Identify(string path) => At(path).Identify(path);

        public IReadOnlyList<string> List(string directory) => At(directory).List(directory);

        public void CreateDirectory(string path) => At(path).CreateDirectory(path);

        public void Delete(string path) => At(path).Delete(path);

        public void Replace(string source, string target) => At(target).Replace(source, target);

        public void SyncDirectory(string path) => At(path).SyncDirectory(path);

        public IFileLock? TryLock(string path) => At(path).TryLock(path);

        private DiskFileSystem At(string asked) => path.Length == 0 || asked == path ? throw thrown() : DiskFileSystem.Instance;
    }
}
