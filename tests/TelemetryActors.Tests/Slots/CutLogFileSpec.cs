using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Slots;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
[Trait("Feature", "S0.32")]
public sealed class CutLogFileSpec : IDisposable
{
    private readonly SlotRig _rig = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    public void Dispose() => _rig.Dispose();

    // A power loss takes the ring as well; a user who cuts the file of a dead writer leaves it.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_full_disk_kept_from_the_state_is_still_read_from_the_files_as_it_was_written(bool hasRing)
    {
        var dead = WriterSlot.Open(_rig.Settings);
        dead.Write(10);
        Assert.True(dead.TrySaveState(isClean: false));
        dead.Forget();
        var cut = dead.Folder.PathOf(dead.Log.Index.Last!.File);
        Cut(cut, lines: 3);
        if (!hasRing)
        {
            File.Delete(dead.Ring.Path!);
        }

        _rig.Files.IsFull = true;
        var next = WriterSlot.Open(_rig.Settings);
        _rig.Files.IsFull = false;
        next.Write(20);

        Assert.Equal([0, 1, .. Enumerable.Range(10, 20)], ReadFilesAlone(next.Folder));
        Assert.Equal(3, File.ReadAllLines(cut).Length);
        next.Forget();
    }

    private static void Cut(string path, int lines) => File.WriteAllLines(path, File.ReadAllLines(path)[..lines]);

    private List<int> ReadFilesAlone(LogFolder folder)
    {
        var source = new OtherSlotSource(folder, _rig.Settings.Time);
        var numbers = new List<int>();
        var cursor = default(Cursor);
        for (var tail = source.Tail; cursor != tail; tail = source.Tail)
        {
            var read = source.Read(cursor, int.MaxValue, _buffer);
            Assert.NotEqual(cursor, read.End);
            for (var at = 0; at < read.Bytes;)
            {
                var length = _buffer.AsSpan(at, read.Bytes - at).IndexOf((byte)'\n');
                numbers.Add((int)Lines.NumberOf(_buffer.AsMemory(at, length)));
                at += length + 1;
            }

            cursor = read.End;
        }

        return numbers;
    }
}
