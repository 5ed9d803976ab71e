using System.Runtime.Serialization;
using Akka.Actor;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.AkkaNet.Wire;
using TelemetryActors.Runs;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Wire;

public sealed class WireSerializerSpec : Akka.TestKit.Xunit2.TestKit
{
    private static readonly byte[] Line = """{"ts":"2026-03-01T12:00:00.000000Z","event":"counted","details":{}}"""u8.ToArray();
    private static readonly byte[] Lines = [.. Line, (byte)'\n'];
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly RunRecord Record = new()
    {
        RunId = "20260301T120000Z-crawler-0123abcd",
        AgentName = "crawler",
        JobType = "nächtlich",
        Status = RunStatus.Partial,
        StartTime = Noon,
        EndTime = Noon.AddTicks(1),
        DurationMs = 0.1,
        Metrics = new Dictionary<string, MetricValue> { ["items"] = 10, ["mode"] = "full", ["none"] = "" },
        InputSummary = "",
        ErrorSummary = "half of it",
        Labels = new Dictionary<string, string> { ["product"] = "x" },
        EventCount = long.MaxValue,
        DuplicateCount = 1,
        IgnoredEndCount = 2,
        LastSequence = 7,
        UnnumberedIds = ["a", "b"],
        LastHeardOf = Noon.AddDays(1),
    };

    public WireSerializerSpec()
        : base(EngineSettings.Reference.WithFallback(SpecSettings.Quiet))
    {
    }

    public static TheoryData<string, string> Layouts => new()
    {
        { "rb1", "03 72 2d 31" + "02 01 00 00 00 00 00 00" + "01" + "44" + Convert.ToHexString(Lines) },
        { "rb2", "03 72 2d 31" + "02 01 00 00 00 00 00 00" + "01" + "44" + Convert.ToHexString(Lines) },
        { "rt1", "02 01 00 00 00 00 00 00" + "80 01" + "00" },
        { "rr1", "02 01 00 00 00 00 00 00" + "04 66 75 6c 6c" + "01 80 96 98 00 00 00 00 00" + "00" },
        { "rq1", "03 72 2d 31" },
        { "rw1", "03 72 2d 31" + "00" },
        { "rs1", "43" + Convert.ToHexString(Line) },
        { "re1", "43" + Convert.ToHexString(Line) },
        { "ra1", "43" + Convert.ToHexString(Line) },
        { "ro1", "43" + Convert.ToHexString(Line) },
        { "sn1", "00" + "01" + "02 61 62 09 00 00 00 00 00 00 00" + "02 01 78 01 79" },
        { "hn1", "03 72 2d 31" },
        { "hc1", "03 72 2d 31" },
        { "hs1", "02 01 78 01 79" },
    };

    public static TheoryData<string> Names => [.. Messages.Keys];

    private static Dictionary<string, object> Messages { get; } = new()
    {
        ["rb1"] = new RunBatch("r-1", 258, Lines, 1),
        ["rb2"] = new RunBatch("r-1", 258, Lines, 1) { IsRepeat = true },
        ["rt1"] = new RunBatchTaken(258, 128, 0),
        ["rr1"] = new RunBatchRefused(258, "full", TimeSpan.FromSeconds(1)),
        ["rq1"] = new RunQuery("r-1"),
        ["rw1"] = new RunAnswer("r-1", null),
        ["rs1"] = new RunStarted(Line),
        ["re1"] = new RunEnded(Line),
        ["ra1"] = new RunAbandoned(Line),
        ["ro1"] = new RunReopened(Line),
        ["sn1"] = new RunSnapshot(null, new SeenIdsRecord([new("ab", 9)], ["x", "y"])),
        ["hn1"] = new RunNoted("r-1"),
        ["hc1"] = new RunCrossedOut("r-1"),
        ["hs1"] = new RunsInHand(["x", "y"]),
    };

    private WireSerializer Serializer => new((ExtendedActorSystem)Sys);

    [Theory]
    [Trait("Feature", "SK.8")]
    [MemberData(nameof(Layouts))]
    public void Every_message_is_written_as_documented_byte_for_byte(string manifest, string hex)
    {
        var message = Messages[manifest];

        var written = Serializer.ToBinary(message);

        Assert.Equal(manifest, Serializer.Manifest(message));
        Assert.Equal(hex.Replace(" ", "").ToUpperInvariant(), Convert.ToHexString(written));
        Assert.Equal(written, Serializer.ToBinary(Serializer.FromBinary(written, manifest)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_run_comes_back_as_it_was()
    {
        var written = Serializer.ToBinary(new RunAnswer(Record.RunId, Record));

        var read = (RunAnswer)Serializer.FromBinary(written, "rw1");

        Assert.Equivalent(Record, read.Record, strict: true);
        Assert.Equal(written, Serializer.ToBinary(read));
    }

    [Theory]
    [Trait("Feature", "SK.8")]
    [MemberData(nameof(Names))]
    public void The_system_finds_the_serializer_by_itself(string manifest)
    {
        var found = Sys.Serialization.FindSerializerFor(Messages[manifest]);

        Assert.Equal(WireSerializer.WireIdentifier, found.Identifier);
    }

    [Theory]
    [Trait("Feature", "SK.8")]
    [InlineData("rb3")]
    [InlineData("")]
    [InlineData("System.String")]
    public void An_unknown_version_is_refused_with_the_versions_that_are_known(string manifest)
    {
        var exception = Assert.ThrowsAny<SerializationException>(() => Serializer.FromBinary([1, 2, 3], manifest));

        Assert.Contains($"A message {manifest} of TelemetryActors was refused", exception.Message);
        Assert.Contains("ra1, rb1, rb2, re1", exception.Message);
    }

    [Theory]
    [Trait("Feature", "SK.8")]
    [MemberData(nameof(Names))]
    public void What_is_cut_short_or_goes_on_is_refused(string manifest)
    {
        var whole = Serializer.ToBinary(Messages[manifest]);

        for (var length = 0; length < whole.Length; length++)
        {
            Assert.ThrowsAny<SerializationException>(() => Serializer.FromBinary(whole[..length], manifest));
        }

        Assert.Contains("1 bytes are left over", Assert.ThrowsAny<SerializationException>(() => Serializer.FromBinary([.. whole, 0], manifest)).Message);
    }

    [Theory]
    [Trait("Feature", "SK.8")]
    [InlineData("rq1", "FF FF FF FF 07", "bytes are needed")]
    [InlineData("rq1", "FF FF FF FF 0F", "a count is too large")]
    [InlineData("rq1", "80 80 80 80 80 01", "a count does not end")]
    [InlineData("rq1", "80 00", "longer than it must be")]
    [InlineData("rq1", "02 C3 28", "not UTF-8")]
    [InlineData("sn1", "00 FF FF FF FF 07", "entries are said to be there")]
    [InlineData("sn1", "02", "a truth is 0 or 1")]
    [InlineData("rw1", "00 01 00 00 00 07", "7 is no status")]
    [InlineData("rw1", "00 01 00 00 00 00 01 FF FF FF FF FF FF FF FF", "is no instant")]
    public void Hostile_bytes_are_refused_and_cost_nothing(string manifest, string hex, string why)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", ""));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var exception = Assert.ThrowsAny<SerializationException>(() => Serializer.FromBinary(bytes, manifest));

        Assert.Contains(why, exception.Message);
        Assert.Contains($"A message {manifest}", exception.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Random_bytes_are_read_or_refused_and_nothing_else()
    {
        var random = new Random(20260301);

        for (var turn = 0; turn < 20_000; turn++)
        {
            var manifest = Messages.Keys.ElementAt(random.Next(Messages.Count));
            var bytes = Serializer.ToBinary(Messages[manifest]);
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Assert.Equal(bytes, Serializer.ToBinary(Serializer.FromBinary(bytes, manifest)));
            }
            catch (SerializationException)
            {
                Assert.NotEmpty(bytes);
            }
        }
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Lengths_that_lie_and_bytes_that_are_cut_cost_no_more_memory_than_a_few_times_their_bytes()
    {
        var random = new Random(20260302);
        byte[][] lies = [[0xFF, 0xFF, 0xFF, 0xFF, 0x07], [0xFF, 0xFF, 0xFF, 0x7F], [0x80, 0x80, 0x04], [0x7F], [0x00]];
        var records = new RunAnswer(Record.RunId, Record with { UnnumberedIds = [.. Enumerable.Range(0, 5000).Select(number => $"id-{number}")] });
        (string Manifest, byte[] Bytes)[] messages = [.. Messages.Select(message => (message.Key, Serializer.ToBinary(message.Value))), ("rw1", Serializer.ToBinary(records))];
        Serializer.FromBinary(messages[^1].Bytes, "rw1");

        for (var turn = 0; turn < 20_000; turn++)
        {
            var (manifest, whole) = messages[random.Next(messages.Length)];
            var at = random.Next(Math.Min(whole.Length, 400));
            var lie = lies[random.Next(lies.Length)];
            byte[] bytes = [.. whole[..at], .. lie, .. whole[Math.Min(at + random.Next(6), whole.Length)..]];
            bytes = bytes[..random.Next(bytes.Length + 1)];
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Serializer.FromBinary(bytes, manifest);
            }
            catch (SerializationException)
            {
                Assert.NotEmpty(manifest);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000 + (64L * bytes.Length));
        }
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void What_is_no_message_of_ours_is_not_written()
    {
        var exception = Assert.Throws<SerializationException>(() => Serializer.ToBinary("text"));

        Assert.Contains("System.String is no message", exception.Message);
    }
}
