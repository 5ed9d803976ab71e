using System.Collections;
using System.Text.Json;
using TelemetryActors.Events;
using TelemetryActors.Privacy;
using Xunit;

namespace TelemetryActors.Encoding;

public sealed class EventEncoderSpec
{
    private const int Limit = 4096;

    private static readonly DateTimeOffset Instant = new(2024, 1, 15, 10, 30, 0, TimeSpan.Zero);

    private readonly EventEncoder _encoder = new(new Redactor(new RedactionOptions()), Limit);
    private readonly EventScope _scope = new("crawler", "s1", "r1");

    private string Encode(params ReadOnlySpan<Field> fields) => Text(_encoder.Encode("step", new FieldDetails(fields), new EventContext(_scope, Instant)));

    private string EncodeDictionary(Dictionary<string, object?> members) =>
        Text(_encoder.Encode("step", new DictionaryDetails(members), new EventContext(_scope, Instant)));

    private string EncodeJson(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 500 });
        return Text(_encoder.Encode("step", new JsonDetails(document.RootElement), new EventContext(_scope, Instant)));
    }

    // As the ring does it: the numbers are filled in.
    private static string Text(EncodedLine line)
    {
        Assert.True(line.IsValid);
        "         7"u8.CopyTo(line.Bytes[^EventScope.RunSequenceFromEnd..]);
        line.Bytes.Slice(line.Length - EventScope.IdFromEnd, EventId.Width).Fill((byte)'0');
        Assert.True(EventLine.TryParse(line.Bytes.ToArray(), out _, out var fault), $"{fault}: {System.Text.Encoding.UTF8.GetString(line.Bytes)}");
        Assert.Equal(1, line.Bytes.Count((byte)'\n'));
        return System.Text.Encoding.UTF8.GetString(line.Bytes);
    }

    private static JsonElement Details(string line) => JsonDocument.Parse(line).RootElement.GetProperty("details");

    [Fact]
    [Trait("Feature", "S0.5")]
    [Trait("Feature", "S0.6")]
    public void Keys_stand_in_the_envelopes_order_without_blanks()
    {
        var line = Text(_encoder.Encode("step", new FieldDetails([("a", 1)]), new EventContext(_scope, Instant, "error", "u1", 10)));

        Assert.Equal(
            """{"ts":"2024-01-15T10:30:00.000000Z","event":"step","details":{"a":1},"level":"error","agent":"crawler","session_id":"s1","user_id":"u1","weight":10,"run_id":"r1","run_seq":         7,"id":"00000000000000000000000000"}""" + "\n",
            line);
    }

    [Fact]
    [Trait("Feature", "S0.7")]
    public void No_details_are_an_empty_object() => Assert.Contains("\"details\":{}", Encode(), StringComparison.Ordinal);

    [Theory]
    [InlineData("quotes \" and \\ backslashes")]
    [InlineData("line\nfeed, \r return, \t tab, \u0000 null, \u001f unit, \u007f delete")]
    [InlineData("grüße, 漢字, 😀, \u2028")]
    [InlineData("")]
    [Trait("Feature", "S0.8")]
    public void Every_text_comes_back_as_it_was(string text)
    {
        var padded = new string('x', 37) + text;

        var details = Details(Encode(("short", text), ("long", padded), (text + "name", 1)));

        Assert.Equal(text, details.GetProperty("short").GetString());
        Assert.Equal(padded, details.GetProperty("long").GetString());
        Assert.Equal(1, details.GetProperty(text + "name").GetInt32());
    }

    // An attribute cannot hold half a pair: the texts are made here.
    [Theory]
    [InlineData("", 0xd800, "")]
    [InlineData("a", 0xdc00, "b")]
    [InlineData("", 0xd83d, "\"")]
    public void Half_a_surrogate_pair_becomes_the_replacement_character_wherever_it_stands(string before, int half, string behind)
    {
        var text = before + (char)half + behind;
        var expected = before + '\ufffd' + behind;

        var line = Text(_encoder.Encode("step", new FieldDetails([("a", text)]), new EventContext(new EventScope(text, null, "r"), Instant)));

        Assert.Equal(expected, Details(line).GetProperty("a").GetString());
        Assert.Equal(expected, JsonDocument.Parse(line).RootElement.GetProperty("agent").GetString());
    }

    [Fact]
    public void Every_kind_of_value_has_its_json_to_the_extremes()
    {
        var line = Encode(
            ("null", (string?)null), ("long", long.MinValue), ("ulong", ulong.MaxValue), ("double", double.MaxValue), ("tiny", double.Epsilon),
            ("nan", double.NaN), ("inf", float.NegativeInfinity), ("float", 0.1f), ("decimal", decimal.MinValue), ("true", true), ("false", false),
            ("guid", Guid.Empty), ("instant", DateTimeOffset.MaxValue), ("duration", TimeSpan.FromMilliseconds(1.5)), Field.Json("json", "[1,{\"b\":null}]"u8), default);

        var details = Details(line);
        Assert.Equal(JsonValueKind.Null, details.GetProperty("null").ValueKind);
        Assert.Equal(long.MinValue, details.GetProperty("long").GetInt64());
        Assert.Equal(ulong.MaxValue, details.GetProperty("ulong").GetUInt64());
        Assert.Equal((double.MaxValue, double.Epsilon), (details.GetProperty("double").GetDouble(), details.GetProperty("tiny").GetDouble()));
        Assert.Equal(("NaN", "-Infinity"), (details.GetProperty("nan").GetString(), details.GetProperty("inf").GetString()));
        Assert.Equal("0.1", details.GetProperty("float").GetRawText());
        Assert.Equal(decimal.MinValue, details.GetProperty("decimal").GetDecimal());
        Assert.Equal((true, false), (details.GetProperty("true").GetBoolean(), details.GetProperty("false").GetBoolean()));
        Assert.Equal(Guid.Empty, details.GetProperty("guid").GetGuid());
        Assert.Equal(DateTimeOffset.MaxValue, details.GetProperty("instant").GetDateTimeOffset());
        Assert.Equal("1.5", details.GetProperty("duration").GetRawText());
        Assert.Equal("""[1,{"b":null}]""", details.GetProperty("json").GetRawText());
    }

    [Fact]
    [Trait("Feature", "D.6")]
    public void Days_and_times_are_written_as_ISO_8601_has_them_as_values_and_as_names()
    {
        var day = new DateOnly(2024, 3, 1);

        var details = Details(EncodeDictionary(new Dictionary<string, object?>
        {
            ["day"] = day,
            ["time"] = new TimeOnly(13, 30),
            ["fraction"] = new TimeOnly(13, 30, 5, 250),
            ["days"] = new Dictionary<DateOnly, int> { [day] = 1 },
        }));

        Assert.Equal("""{"day":"2024-03-01","time":"13:30:00","fraction":"13:30:05.25","days":{"2024-03-01":1}}""", details.GetRawText());
    }

    [Fact]
    [Trait("Feature", "S2.55")]
    [Trait("Feature", "S2.56")]
    public void Names_and_values_are_redacted_in_all_forms_and_at_any_depth()
    {
        const string Nested = """{"a":[{"userEmail":"jane","note":"mail jane@example.com now","username":"jane"}],"password":{"x":"hunter2"}}""";
        var node = System.Text.Json.Nodes.JsonNode.Parse(Nested);
        string[] lines =
        [
            Encode(("password", "hunter2"), ("note", "mail jane@example.com now"), Field.Json("deep", System.Text.Encoding.UTF8.GetBytes(Nested))),
            EncodeDictionary(new() { ["password"] = "hunter2", ["note"] = "mail jane@example.com now", ["deep"] = node }),
            EncodeJson("{\"password\":\"hunter2\",\"note\":\"mail jane@example.com now\",\"deep\":" + Nested + "}"),
            EncodeDictionary(new() { ["deep"] = new List<object?> { new Dictionary<string, string> { ["password"] = "hunter2", ["username"] = "jane" } } }),
        ];

        Assert.All(lines, line => Assert.DoesNotContain("hunter2", line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.DoesNotContain("jane@", line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Contains("[REDACTED]", line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Contains("\"username\":\"jane\"", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_in_json_that_is_too_deep_are_redacted_before_it_is_cut()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"password\":\"hunter2\",\"a\":", 100)) + "1" + new string('}', 100);

        var line = Encode(Field.Json("deep", System.Text.Encoding.UTF8.GetBytes(deep)));

        Assert.DoesNotContain("hunter2", line, StringComparison.Ordinal);
        Assert.Contains("[TOO DEEP]", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_never_has_more_than_64_levels_whatever_the_form()
    {
        object? nested = 1;
        for (var depth = 0; depth < 200; depth++)
        {
            nested = depth % 2 == 0 ? new object?[] { nested } : new Dictionary<string, object?> { ["a"] = nested };
        }

        Assert.Contains("[TOO DEEP]", EncodeDictionary(new() { ["deep"] = nested }), StringComparison.Ordinal);
        Assert.Contains("[TOO DEEP]", EncodeJson(new string('[', 200) + new string(']', 200)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(62, false)]
    [InlineData(63, true)]
    public void A_line_of_64_levels_is_kept_whole_and_one_of_65_is_not(int lists, bool isCut)
    {
        var deep = new string('[', lists) + new string(']', lists);
        object? nested = Array.Empty<object>();
        for (var depth = 1; depth < lists; depth++)
        {
            nested = new[] { nested };
        }

        string[] lines =
        [
            EncodeJson($$"""{"v":{{deep}}}"""),
            Encode(Field.Json("v", System.Text.Encoding.UTF8.GetBytes(deep))),
            EncodeDictionary(new() { ["v"] = nested }),
        ];

        Assert.All(lines, line => Assert.Equal(isCut, line.Contains("[TOO DEEP]", StringComparison.Ordinal)));
        Assert.All(lines, line => Assert.Equal(!isCut, line.Contains(deep, StringComparison.Ordinal)));
    }

    [Fact]
    public void Json_texts_with_half_characters_and_bad_bytes_are_written_with_what_can_be_read_of_them()
    {
        byte[] json = [.. "{\"a\":\"x\\ud800y\\n\\u00e9\",\"b\":\""u8, 0xff, .. "\",\"\\udc00\":1,\"password\":\"\\ud800\"}"u8];
        const string Mended = "{\"a\":\"x\uFFFDy\\n\u00e9\",\"b\":\"\uFFFD\",\"\uFFFD\":1,\"password\":\"[REDACTED]\"}";
        using var document = JsonDocument.Parse(json);
        string[] lines =
        [
            Encode(Field.Json("j", json)),
            EncodeDictionary(new() { ["j"] = document.RootElement }),
            EncodeDictionary(new() { ["j"] = document }),
            Text(_encoder.Encode("step", new JsonDetails(document.RootElement), new EventContext(_scope, Instant))),
        ];

        Assert.All(lines, line => Assert.Contains(Mended, line.Replace("\"j\":", "", StringComparison.Ordinal), StringComparison.Ordinal));
    }

    [Fact]
    public void Details_that_hold_themselves_end()
    {
        var members = new Dictionary<string, object?>();
        members["one"] = members;
        members["other"] = members;

        var line = EncodeDictionary(members);

        Assert.True(line.Length <= Limit);
    }

    [Fact]
    public void Pairs_inside_each_other_are_no_deeper_than_objects()
    {
        object? named = 1, entry = 1, numbered = 1;
        for (var depth = 0; depth < 70; depth++)
        {
            named = new KeyValuePair<string, object?>("a", named);
            entry = new DictionaryEntry("a", entry);
            numbered = new KeyValuePair<int, object?>(1, numbered);
        }

        Assert.All([named, entry, numbered], pairs => Assert.Contains("[TOO DEEP]", EncodeDictionary(new() { ["deep"] = pairs }), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("name", "Value")]
    [InlineData("key", "value")]
    [InlineData("Item1", "Item2")]
    public void A_long_text_beside_a_name_that_is_not_sensitive_is_cut_and_not_dropped(string name, string value)
    {
        var line = EncodeJson($$"""{"{{name}}":"stdout","{{value}}":"{{new string('x', 100_000)}}"}""");

        Assert.True(Details(line).GetProperty("_truncated").GetBoolean());
        Assert.True(Details(line).GetProperty(value).GetString()!.Length > Limit / 4);
    }

    [Theory]
    [InlineData("key", "value")]
    [InlineData("Item1", "Item2")]
    public void Where_no_more_fits_nothing_of_what_a_sensitive_name_tells_of_is_shown(string name, string value)
    {
        string[] lines = [.. Enumerable.Range(3700, 300).Select(length => EncodeJson($$"""{"{{name}}":"password","a":"{{new string('x', length)}}","{{value}}":"{{new string('S', 40)}}"}"""))];

        Assert.All(lines, line => Assert.DoesNotContain("\"S", line, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("[REDACTED]", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("_truncated", StringComparison.Ordinal) && !line.Contains(value, StringComparison.Ordinal));
    }

    [Fact]
    public void Thousands_of_members_of_a_name_that_another_may_tell_of_cost_no_more_each_than_one()
    {
        const int Count = 5000;
        var encoder = new EventEncoder(new Redactor(new RedactionOptions()), 1024 * 1024);
        using var document = JsonDocument.Parse($$"""{"key":"plain",{{string.Join(',', Enumerable.Repeat("\"value\":\"\"", Count))}}}""");
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.True(encoder.Encode("step", new JsonDetails(document.RootElement), new EventContext(_scope, Instant)).IsValid);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, 0, Count * 2000L);
    }

    [Theory]
    [InlineData(3900)]
    [InlineData(4100)]
    [InlineData(100_000)]
    public void A_line_over_the_limit_keeps_its_envelope_and_says_that_it_was_cut(int length)
    {
        var encoded = _encoder.Encode("step", new FieldDetails([("first", 1), ("text", new string('ü', length)), ("last", 2)]), new EventContext(_scope, Instant));

        var line = Text(encoded);
        Assert.True(encoded.IsCut);
        Assert.True(encoded.Length <= Limit);
        Assert.Equal((1, true), (Details(line).GetProperty("first").GetInt32(), Details(line).GetProperty("_truncated").GetBoolean()));
        Assert.Equal("r1", JsonDocument.Parse(line).RootElement.GetProperty("run_id").GetString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void An_event_without_a_name_is_none(string? name) =>
        Assert.False(_encoder.Encode(name, new FieldDetails([]), new EventContext(_scope, Instant)).IsValid);

    [Fact]
    public void A_name_has_256_characters_at_the_most()
    {
        Assert.True(_encoder.Encode(new string('n', 256), new FieldDetails([]), new EventContext(_scope, Instant)).IsValid);
        Assert.False(_encoder.Encode(new string('n', 257), new FieldDetails([]), new EventContext(_scope, Instant)).IsValid);
    }

    [Fact]
    public void An_event_recorded_while_another_is_encoded_does_not_disturb_it()
    {
        var line = EncodeDictionary(new() { ["before"] = 1, ["items"] = Recording(), ["after"] = 2 });

        Assert.Equal("""{"before":1,"items":[1,2],"after":2}""", Details(line).GetRawText());

        IEnumerable<object> Recording()
        {
            yield return 1;
            Encode(("other", "event"));
            yield return 2;
        }
    }
}
