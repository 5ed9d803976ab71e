using TelemetryActors.Pipeline;
using Xunit;

namespace TelemetryActors.Ring;

public sealed class RingSweepSpec : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("sweep-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Only_old_rings_whose_base_directory_is_gone_are_removed()
    {
        var gone = Make("gone.ring", Path.Combine(_root.FullName, "deleted"));
        var kept = Make("kept.ring", _root.FullName);
        var foreign = Path.Combine(_root.FullName, "foreign.ring");
        File.WriteAllText(foreign, "not a ring");
        var now = new DateTimeOffset(File.GetLastWriteTimeUtc(gone), TimeSpan.Zero);

        RingSweep.Run(_root.FullName, now.AddMinutes(30));
        Assert.True(File.Exists(gone));
        RingSweep.Run(_root.FullName, now.AddHours(2));

        Assert.False(File.Exists(gone));
        Assert.True(File.Exists(kept) && File.Exists(foreign));
    }

    private string Make(string name, string baseDirectory)
    {
        var path = Path.Combine(_root.FullName, name);
        RingFactory.Create(path, 4096, new Cursor(new StreamId(7), 0, 0), 1, baseDirectory);
        return path;
    }
}
