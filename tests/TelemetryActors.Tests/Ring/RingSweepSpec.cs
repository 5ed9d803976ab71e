using TelemetryActors.Pipeline;
using TelemetryActors.Processes;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Ring;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
public sealed class RingSweepSpec : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly StreamId Stream = new(7);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("sweep-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Only_rings_whose_base_directory_was_not_to_be_seen_for_a_week_are_removed()
    {
        var gone = Make("gone.ring", Path.Combine(_root.FullName, "deleted"));
        var kept = Make("kept.ring", _root.FullName);
        var foreign = Path.Combine(_root.FullName, "foreign.ring");
        File.WriteAllText(foreign, "not a ring");

        Sweep(Noon);
        Sweep(Noon.AddDays(6));
        Assert.True(File.Exists(gone));
        Sweep(Noon.AddDays(7));

        Assert.False(File.Exists(gone));
        Assert.True(File.Exists(kept) && File.Exists(foreign));
    }

    [Fact]
    public void A_ring_that_a_living_process_has_stays_wherever_its_base_directory_is()
    {
        var living = Make("living.ring", Path.Combine(_root.FullName, "in another container"));
        using var owner = DiskFileLock.TryTake(living);

        Sweep(Noon);
        Sweep(Noon.AddDays(30));

        Assert.True(File.Exists(living));
    }

    [Fact]
    public void Whoever_opens_a_ring_makes_its_week_begin_anew()
    {
        var left = Make("left.ring", Path.Combine(_root.FullName, "elsewhere"));
        Sweep(Noon);

        Assert.NotNull(RingFactory.TryOpenLeft(left, Stream));
        Sweep(Noon.AddDays(8));

        Assert.True(File.Exists(left));
    }

    [Fact]
    public void A_base_directory_whose_name_does_not_fit_is_not_taken_for_gone()
    {
        var deep = Make("deep.ring", string.Concat(Enumerable.Repeat("/" + new string('d', 200), 12)));

        Sweep(Noon);
        Sweep(Noon.AddDays(8));

        Assert.True(File.Exists(deep));
    }

    [Fact]
    public void Many_rings_that_stay_do_not_hide_those_that_go()
    {
        var gone = Enumerable.Range(0, 100).Select(number => Make($"{number}.ring", number < 99 ? _root.FullName : Path.Combine(_root.FullName, "deleted"))).Last();

        Sweep(Noon);
        Sweep(Noon.AddDays(7));

        Assert.False(File.Exists(gone));
    }

    private void Sweep(DateTimeOffset now) => RingSweep.Run(_root.FullName, now);

    private string Make(string name, string baseDirectory)
    {
        var path = Path.Combine(_root.FullName, name);
        RingFactory.Create(path, 4096, new Cursor(Stream, 0, 0), 1, baseDirectory);
        return path;
    }
}
