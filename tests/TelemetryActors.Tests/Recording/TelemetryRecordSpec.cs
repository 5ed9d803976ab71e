using Xunit;

namespace TelemetryActors.Recording;

[Trait("Feature", "S0.2")]
public sealed class TelemetryRecordSpec
{
    [Theory]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":"runtime_start","details":{}}""")]
    [InlineData("""{"ts":"2024-01-15T10:30:00.1234567Z","event":"e","details":{"a":[1,-2.5,null,true,{"b":"ü\n"}],"c":{}}}""")]
    [InlineData("""{"ts":"0001-01-01T00:00:00Z","event":"e","details":{"n":[18446744073709551615,1.50,1E+300,0.1]}}""")]
    public void A_line_reads_and_writes_as_itself(string line)
    {
        var record = TelemetryRecord.Parse(line);

        Assert.Equal(line, record.ToString());
    }

    [Fact]
    public void Its_parts_can_be_told()
    {
        var record = TelemetryRecord.Parse("""{"ts":"2024-01-15T12:30:00+02:00","event":"service_ready","details":{"service_id":"api","ms":41}}""");

        Assert.Equal(new DateTimeOffset(2024, 1, 15, 10, 30, 0, TimeSpan.Zero), record.Timestamp);
        Assert.Equal(TimeSpan.Zero, record.Timestamp.Offset);
        Assert.Equal("service_ready", record.Event);
        Assert.Equal("api", record.Details["service_id"]);
        Assert.Equal(41L, record.Details["ms"]);
    }

    [Fact]
    public void Keys_it_does_not_know_do_not_matter()
    {
        var record = TelemetryRecord.Parse("""{"ts":"2024-01-15T10:30:00Z","event":"e","details":{},"run_id":"r","run_seq":   7}""");

        Assert.Equal("""{"ts":"2024-01-15T10:30:00Z","event":"e","details":{}}""", record.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":"e"}""")]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":"e","details":null}""")]
    [InlineData("""{"ts":"yesterday","event":"e","details":{}}""")]
    [InlineData("""{"ts":5,"event":"e","details":{}}""")]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":1,"details":{}}""")]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":"e","details":{}} {}""")]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":"e","details":{""")]
    public void A_line_that_is_no_record_is_refused(string line)
    {
        Assert.Throws<FormatException>(() => TelemetryRecord.Parse(line));
    }
}
