using System.Net.Sockets;
using System.Runtime.Versioning;
using TelemetryActors.Delivery;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Sqlite;

/// <summary>Damaged pages of a store that its sink has not come to.</summary>
[Trait("Feature", "S4.11")]
public sealed class StoreDamageSpec : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly StoreFolder _folder = new();

    private string Word => _folder.Path + ".damaged";

    private string[] Aside => Directory.GetFiles(Path.GetDirectoryName(_folder.Path)!, "*.corrupt-*");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_look_at_the_pages_finds_what_is_damaged_and_nothing_in_a_whole_store()
    {
        await FillAsync();

        var whole = StoreCheck.Of(_folder.Path, Patience);
        Damage();
        var damaged = StoreCheck.Of(_folder.Path, Patience);

        Assert.Equal(new StoreCheck(null, IsThrough: true), whole);
        Assert.NotNull(damaged.Damage);
        Assert.DoesNotContain('\n', damaged.Damage);
    }

    [Fact]
    public async Task A_look_whose_time_is_over_has_found_nothing_and_says_that_it_is_not_through()
    {
        await FillAsync();
        Damage();

        Assert.Equal(new StoreCheck(null, IsThrough: false), StoreCheck.Of(_folder.Path, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_row_that_breaks_a_rule_of_its_owners_table_is_no_damage()
    {
        await FillAsync();
        _folder.Execute("CREATE TABLE notes (n INTEGER CHECK (n > 0)); PRAGMA ignore_check_constraints = ON; INSERT INTO notes VALUES (0)");

        Assert.Equal(new StoreCheck(null, IsThrough: true), StoreCheck.Of(_folder.Path, Patience));
    }

    [Fact]
    public async Task Word_of_damage_makes_the_sink_set_the_file_aside_with_its_next_batch()
    {
        var before = await FillAsync();
        DamageWord.Leave(_folder.Path, FileStatus.Identify(_folder.Path)!.Value, "Tree 5 page 7 is malformed");
        await using var sink = _folder.Sink();
        sink.LoadAccounts();

        var told = await Assert.ThrowsAsync<IOException>(async () => await sink.DeliverAsync(Batches.Part(before, 0, 1), CancellationToken.None));

        Assert.Contains("Tree 5 page 7 is malformed. The file was set aside as ", told.Message, StringComparison.Ordinal);
        Assert.NotEmpty(Aside);
        Assert.False(File.Exists(Word));
    }

    [Fact]
    public async Task Word_of_another_file_goes_and_changes_nothing()
    {
        var before = await FillAsync();
        var identity = FileStatus.Identify(_folder.Path)!.Value;
        DamageWord.Leave(_folder.Path, identity with { Inode = identity.Inode + 1 }, "malformed");
        await using var sink = _folder.Sink();
        sink.LoadAccounts();

        Assert.Equal(SinkOutcome.Delivered, await sink.DeliverAsync(Batches.All(before), CancellationToken.None));

        Assert.Empty(Aside);
        Assert.False(File.Exists(Word));
    }

    [Fact]
    public async Task Word_of_a_file_that_was_deleted_is_not_taken_for_word_of_the_next()
    {
        var before = await FillAsync();
        File.Delete(_folder.Path);
        await File.WriteAllTextAsync(Word, "left by a reader");
        await using var sink = _folder.Sink();

        sink.LoadAccounts();

        Assert.False(File.Exists(Word));
        Assert.Equal(SinkOutcome.Delivered, await sink.DeliverAsync(Batches.All(before), CancellationToken.None));
    }

    [Fact]
    public async Task Word_that_cannot_be_read_is_told_of_once_and_the_sink_goes_on()
    {
        var lines = await FillAsync();
        using var unreadable = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        unreadable.Bind(new UnixDomainSocketEndPoint(Word));
        await using var sink = _folder.Sink();
        sink.LoadAccounts();

        Assert.Equal(SinkOutcome.Delivered, await sink.DeliverAsync(Batches.Part(lines, 0, 1), CancellationToken.None));
        Assert.Equal(SinkOutcome.Delivered, await sink.DeliverAsync(Batches.Part(lines, 1, 2), CancellationToken.None));

        Assert.Single(_folder.Said, said => said.StartsWith($"{Word} says that the store is damaged", StringComparison.Ordinal));
        Assert.Empty(Aside);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Word_is_for_whoever_may_read_the_store()
    {
        const UnixFileMode Team = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        await FillAsync();
        File.SetUnixFileMode(_folder.Path, Team);

        DamageWord.Leave(_folder.Path, FileStatus.Identify(_folder.Path)!.Value, "malformed");

        Assert.Equal(Team, File.GetUnixFileMode(Word));
    }

    [Fact]
    public async Task Word_is_replaced_whole_and_what_a_killed_reader_left_of_one_goes()
    {
        await FillAsync();
        var identity = FileStatus.Identify(_folder.Path)!.Value;
        DamageWord.Leave(_folder.Path, identity, "first");
        var left = $"{Word}.{Guid.NewGuid():N}.tmp";
        await File.WriteAllTextAsync(left, "half");
        using var reading = new StreamReader(new FileStream(Word, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

        DamageWord.Leave(_folder.Path, identity, "second");

        Assert.EndsWith(" first\n", await reading.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.EndsWith(" second\n", await File.ReadAllTextAsync(Word), StringComparison.Ordinal);
        Assert.False(File.Exists(left));
    }

    private async Task<string[]> FillAsync()
    {
        string[] lines = [.. Enumerable.Range(1, 2000).Select(id => Batches.Line("event", id))];
        await using var sink = _folder.Sink();
        Assert.Equal(SinkOutcome.Delivered, await sink.DeliverAsync(Batches.All(lines), CancellationToken.None));
        return lines;
    }

    private void Damage()
    {
        using var file = File.OpenWrite(_folder.Path);
        var noise = new byte[file.Length / 2];
        new Random(1).NextBytes(noise);
        file.Position = file.Length / 4;
        file.Write(noise);
    }
}
