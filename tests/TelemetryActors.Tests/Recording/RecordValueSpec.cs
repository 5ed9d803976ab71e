using System.Collections;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using TelemetryActors.Events;
using Xunit;

namespace TelemetryActors.Recording;

[Trait("Feature", "S0.5")]
public sealed class RecordValueSpec : IDisposable
{
    private readonly RecordDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    public static TheoryData<object?, string> Values => new()
    {
        { null, "null" },
        { true, "true" },
        { "plain", "\"plain\"" },
        { "Grüße \"q\" \\ \n", "\"Grüße \\\"q\\\" \\\\ \\n\"" },
        { "lone \ud800 half", "\"lone \\uFFFD half\"" },
        { (byte)7, "7" },
        { long.MinValue, "-9223372036854775808" },
        { ulong.MaxValue, "18446744073709551615" },
        { BigInteger.Pow(10, 30), "1000000000000000000000000000000" },
        { 1.5m, "1.5" },
        { 0.1, "0.1" },
        { 0.1f, "0.1" },
        { 1e300, "1E+300" },
        { double.NaN, "\"NaN\"" },
        { float.PositiveInfinity, "\"Infinity\"" },
        { 'c', "\"c\"" },
        { DayOfWeek.Friday, "\"Friday\"" },
        { new Guid("0f8fad5b-d9cb-469f-a165-70867728950e"), "\"0f8fad5b-d9cb-469f-a165-70867728950e\"" },
        { new DateTimeOffset(2024, 1, 15, 12, 0, 0, TimeSpan.FromHours(2)), "\"2024-01-15T10:00:00Z\"" },
        { new DateTime(2024, 1, 15, 10, 0, 0, DateTimeKind.Utc), "\"2024-01-15T10:00:00Z\"" },
        { new DateOnly(2024, 3, 1), "\"2024-03-01\"" },
        { new TimeOnly(13, 30), "\"13:30:00\"" },
        { new TimeOnly(13, 30, 5, 250), "\"13:30:05.25\"" },
        { new Dictionary<DateOnly, int> { [new DateOnly(2024, 3, 1)] = 1 }, """{"2024-03-01":1}""" },
        { new Dictionary<DateTime, int> { [new DateTime(2024, 3, 1, 10, 0, 0, DateTimeKind.Utc)] = 1 }, """{"2024-03-01T10:00:00Z":1}""" },
        { TimeSpan.FromSeconds(1.5), "1500" },
        { new byte[] { 1, 2, 3 }, "\"AQID\"" },
        { new Uri("https://example.com/a?b=1&c=2"), "\"https://example.com/a?b=1&c=2\"" },
        { new[] { 1, 2 }, "[1,2]" },
        { new ArrayList { "a", null, 1 }, "[\"a\",null,1]" },
        { new Dictionary<string, object?> { ["a"] = new List<object?> { 1, new Dictionary<string, int> { ["b"] = 2 } } }, """{"a":[1,{"b":2}]}""" },
        { new Dictionary<int, string> { [1] = "one" }, """{"1":"one"}""" },
        { JsonDocument.Parse("""{ "a": [1.50, {}] }""").RootElement, """{"a":[1.50,{}]}""" },
        { JsonNode.Parse("""{ "a": [true, { "b": null }] }"""), """{"a":[true,{"b":null}]}""" },
        { JsonDocument.Parse("""{"a":"x\ud800y\n","\udc00":1}""").RootElement, """{"a":"x\uFFFDy\n","\uFFFD":1}""" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_of_any_kind_becomes_JSON(object? value, string json)
    {
        var result = _directory.Recorder().RecordFields("e", new Dictionary<string, object?> { ["v"] = value });

        Assert.True(result.IsAccepted, result.ToString());
        Assert.Equal($$$"""{"ts":"2024-01-15T10:30:00Z","event":"e","details":{"v":{{{json}}}}}""", _directory.Lines.Single());
    }

    [Theory]
    [InlineData(62, true)]
    [InlineData(63, false)]
    [Trait("Feature", "S0.3")]
    public void A_line_nests_as_deep_as_any_JSON_reader_goes(int lists, bool isAccepted)
    {
        object? value = Enumerable.Range(0, lists).Aggregate((object?)null, (inner, _) => new List<object?> { inner });

        var result = _directory.Recorder().RecordFields("e", new Dictionary<string, object?> { ["v"] = value });

        Assert.Equal(isAccepted ? RecordResult.Accepted : RecordResult.Refused(DropReason.Invalid, "the record is nested deeper than 64 levels"), result);
        Assert.Equal(isAccepted, File.Exists(_directory.File) && TelemetryRecord.TryParse(File.ReadAllBytes(_directory.File), out _));
    }

    [Fact]
    [Trait("Feature", "S0.3")]
    public void A_structure_that_contains_itself_is_refused()
    {
        var details = new Dictionary<string, object?>();
        details["self"] = details;

        var result = _directory.Recorder().RecordFields("e", details);

        Assert.Equal(DropReason.Invalid, result.Reason);
    }

    [Fact]
    [Trait("Feature", "S0.3")]
    public void What_a_callers_collection_throws_is_a_result()
    {
        static IEnumerable<int> Broken()
        {
            yield return 1;
            throw new NotSupportedException("broken on purpose");
        }

        var result = _directory.Recorder().RecordFields("e", new Dictionary<string, object?> { ["v"] = Broken() });

        Assert.Equal(RecordResult.Refused(DropReason.Invalid, "broken on purpose"), result);
    }
}
