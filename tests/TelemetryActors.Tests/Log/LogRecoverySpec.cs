using TelemetryActors.Pipeline;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Log;

[Trait("Feature", "S4.9")]
public sealed class LogRecoverySpec
{
    private const int Others = 12;

    [Fact]
    public void A_state_does_not_speak_for_a_later_rewriting_that_got_the_same_name()
    {
        using var log = new LogRig();
        log.Write();
        log.Files.FailSync(1);
        Assert.Throws<IOException>(log.Log.Sync);
        log.Log.RewriteWhatFailed();
        log.Write(9);
        log.Log.SaveState(isClean: false);
        var known = log.Log.Index.Last!;

        // One that a device refused goes when what it held is written once more; its name is free then, and the ring may have lost some of it meanwhile.
        byte[] later = [.. Anchor(known.Start, 2), .. Line(0), .. Line(1), .. Anchor(new Cursor(known.Start.Stream, 100_000, 50), 2), .. Numbers().SelectMany(Line)];
        File.WriteAllBytes(log.PathOf(known.File), later);
        var read = log.Read(LogRecovery.Recover(log.Folder).Index, [known.Start, new Cursor(known.Start.Stream, 100_000, 50)]);

        Assert.Equal([0, 1, .. Numbers()], read);
    }

    private static IEnumerable<long> Numbers() => Enumerable.Range(50, Others).Select(number => (long)number);

    private static byte[] Anchor(Cursor next, int generation) => LogAnchor.Encode(next, DateTimeOffset.UnixEpoch, gap: null, generation);

    private static IEnumerable<byte> Line(long number) => [.. Lines.Event(number), (byte)'\n'];
}
