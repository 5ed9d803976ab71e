using System.Collections.Concurrent;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Configuration;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ConfigFileSpec : IDisposable
{
    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everybody = OwnerAlone | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static readonly Setting Token = Named("sinks.runs.token");
    private static readonly Setting Ordinary = Named("ringBytes");

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("config-");
    private readonly BaseFolder _folder;
    private readonly ConfigFile _config;
    private readonly ConcurrentBag<string> _refused = [];

    public ConfigFileSpec()
    {
        _folder = new BaseFolder(_root.FullName, "it was given");
        _config = new ConfigFile(DiskFileSystem.Instance, _folder);
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void A_new_one_is_for_its_owner_alone()
    {
        _config.Write(Token, "abc");

        Assert.Equal(OwnerAlone, Mode);
    }

    [Theory]
    [InlineData(OwnerAlone)]
    [InlineData(OwnerAlone | UnixFileMode.GroupRead)]
    [InlineData(Everybody)]
    public void One_that_is_there_keeps_its_mode_whatever_is_set_or_taken_out(UnixFileMode mode)
    {
        File.WriteAllText(_folder.ConfigFile, """{"colour":"blue"}""");
        File.SetUnixFileMode(_folder.ConfigFile, mode);

        _config.Write(Ordinary, "1048576");
        var set = Mode;
        Assert.True(_config.Remove("colour"));

        Assert.Equal((mode, mode), (set, Mode));
    }

    [Fact]
    public void One_that_is_kept_elsewhere_and_linked_to_is_changed_there()
    {
        var kept = Path.Combine(_root.CreateSubdirectory("etc").FullName, "mine.json");
        File.WriteAllText(kept, """{"colour":"blue"}""");
        File.CreateSymbolicLink(_folder.ConfigFile, kept);

        _config.Write(Ordinary, "1048576");

        Assert.Equal(kept, new FileInfo(_folder.ConfigFile).LinkTarget);
        Assert.Contains("1048576", File.ReadAllText(kept), StringComparison.Ordinal);
        Assert.Contains("blue", File.ReadAllText(kept), StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_is_linked_to_and_not_there_yet_is_made_where_the_link_leads()
    {
        var kept = Path.Combine(_root.FullName, "etc", "mine.json");
        File.CreateSymbolicLink(_folder.ConfigFile, kept);

        using (_config.Hold())
        {
            _config.Write(Ordinary, "1048576");
        }

        Assert.Equal(kept, new FileInfo(_folder.ConfigFile).LinkTarget);
        Assert.Contains("1048576", File.ReadAllText(kept), StringComparison.Ordinal);
    }

    [Fact]
    public void A_relative_link_is_followed_from_where_it_lies()
    {
        var there = _root.CreateSubdirectory("disk/base");
        var common = Path.Combine(_root.CreateSubdirectory("disk/common").FullName, "mine.json");
        File.WriteAllText(common, "{}");
        File.CreateSymbolicLink(Path.Combine(there.FullName, "config.json"), "../common/mine.json");
        Directory.CreateSymbolicLink(Path.Combine(_root.FullName, "base"), there.FullName);
        var config = new ConfigFile(DiskFileSystem.Instance, new BaseFolder(Path.Combine(_root.FullName, "base"), "it was given"));

        config.Write(Ordinary, "1048576");

        Assert.Contains("1048576", File.ReadAllText(common), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_base_directories_that_link_to_one_file_one_changes_it_at_a_time()
    {
        var kept = Path.Combine(_root.CreateSubdirectory("etc").FullName, "mine.json");
        File.WriteAllText(kept, "{}");
        File.CreateSymbolicLink(_folder.ConfigFile, kept);
        var other = new BaseFolder(_root.CreateSubdirectory("other").FullName, "it was given");
        File.CreateSymbolicLink(other.ConfigFile, "../etc/mine.json");

        using var hold = new ConfigFile(DiskFileSystem.Instance, other).Hold();

        Assert.Equal([kept + ".lock"], Directory.GetFiles(_root.FullName, "*.lock", SearchOption.AllDirectories));
        Assert.Null(DiskFileSystem.Instance.TryLock(kept + ".lock"));
    }

    [Fact]
    public void What_a_killed_writer_left_where_the_link_leads_goes_at_the_next_start_and_others_files_stay()
    {
        var kept = Path.Combine(_root.CreateSubdirectory("etc").FullName, "mine.json");
        File.WriteAllText(kept, "{}");
        File.CreateSymbolicLink(_folder.ConfigFile, kept);
        var (left, mine) = ($"{kept}.{Guid.NewGuid():N}.tmp", $"{kept}.before.tmp");
        File.WriteAllText(left, "half");
        File.WriteAllText(mine, "{}");

        using var client = TelemetryClient.Start(new TelemetryOptions { Agent = "spec", BaseDirectory = _root.FullName, Preset = TelemetryPreset.Small });

        Eventually.True(() => !File.Exists(left));
        Assert.True(File.Exists(mine));
    }

    [Fact]
    public void A_secret_is_not_for_everybody_to_read()
    {
        File.WriteAllText(_folder.ConfigFile, "{}");
        File.SetUnixFileMode(_folder.ConfigFile, Everybody);

        _config.Write(Token, "abc");

        Assert.Equal(OwnerAlone | UnixFileMode.GroupRead, Mode);
    }

    [Theory]
    [Trait("Feature", "S3.22")]
    [InlineData("deviceId", "007", "\"007\"")]
    [InlineData("sinks.runs.token", "000123456", "\"000123456\"")]
    [InlineData("sinks.community.appName", "True", "\"True\"")]
    [InlineData("redactFields", "42", "\"42\"")]
    [InlineData("debug", "True", "true")]
    [InlineData("maxBufferSize", "25", "25")]
    [InlineData("runLease", "30s", "\"30s\"")]
    public void A_value_is_written_as_what_its_setting_is(string path, string text, string written)
    {
        _config.Write(Named(path), text);

        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(_folder.ConfigFile));
        var value = path.Split('.').Aggregate(json.RootElement, (at, name) => at.GetProperty(name));
        Assert.Equal(written, value.GetRawText());
    }

    [Fact]
    public void Of_many_that_take_something_out_at_once_none_fails_and_what_is_left_is_whole()
    {
        File.WriteAllText(_folder.ConfigFile, $"{{{string.Join(',', Enumerable.Range(0, 100).Select(n => $"\"other{n}\":\"{new string('x', 1000)}\""))}}}");

        var threads = Enumerable.Range(0, 8).Select(first => new Thread(() => RemoveEveryEighth(first))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => Assert.True(thread.Join(Eventually.DefaultBound)));

        var left = _config.Read(out var fault);
        Assert.Null(fault);
        Assert.Empty(_refused);
        Assert.Empty(left.Texts);
        Assert.Single(_root.GetFiles());
    }

    [Fact]
    public void Where_nothing_can_be_written_nobody_waits_for_a_lock()
    {
        var config = new ConfigFile(DiskFileSystem.Instance, new BaseFolder("/proc/self", "it was given"));

        var thrown = Record.Exception(config.Hold);

        Assert.True(thrown is UnauthorizedAccessException or IOException, thrown?.ToString());
        Assert.DoesNotContain("another process", thrown!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_can_be_locked_nobody_waits_for_another_process()
    {
        var config = new ConfigFile(new LocklessFileSystem(DiskFileSystem.Instance), _folder);

        var thrown = Assert.Throws<IOException>(config.Hold);

        Assert.Equal($"{_folder.ConfigFile} cannot be changed: no file can be locked in {_root.FullName}", thrown.Message);
        Assert.Equal(["config.json.lock"], _root.GetFileSystemInfos().Select(file => file.Name));
    }

    private void RemoveEveryEighth(int first)
    {
        try
        {
            for (var number = first; number < 100; number += 8)
            {
                using var hold = _config.Hold();
                _config.Remove($"other{number}");
            }
        }
        catch (Exception exception) when (exception is IOException or System.Text.Json.JsonException)
        {
            _refused.Add(exception.Message);
        }
    }

    private UnixFileMode Mode => File.GetUnixFileMode(_folder.ConfigFile);

    private static Setting Named(string path) => SettingTable.Of(new TelemetryOptions()).Find(path)!;
}
