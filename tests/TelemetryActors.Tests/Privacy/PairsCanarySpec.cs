using System.Collections;
using System.Collections.Immutable;
using System.Collections.Specialized;
using System.Dynamic;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TelemetryActors.Recording;
using TelemetryActors.Storage;
using TelemetryActors.Tests.Client;
using Xunit;

namespace TelemetryActors.Tests.Privacy;

/// <summary>Gives secrets under a name in every form that is no dictionary of objects to every entry that takes such a form, and reads what was stored.</summary>
[Trait("Feature", "S0.29")]
[Trait("Feature", "S2.55")]
[Trait("Feature", "S2.56")]
public sealed class PairsCanarySpec : IDisposable
{
    private const string Secret = "hunter2-canary";

    private const string Clean = """{"password":"[REDACTED]","plain":"x"}""";

    private readonly ClientRig _rig = new();

    public void Dispose() => _rig.Dispose();

    public static TheoryData<string, string> Forms => new()
    {
        { "expando", Clean },
        { "list of pairs", Clean },
        { "list of pairs of objects", Clean },
        { "array of pairs", Clean },
        { "read-only dictionary", Clean },
        { "immutable dictionary", Clean },
        { "sequence of pairs", Clean },
        { "hashtable", """{"password":"[REDACTED]"}""" },
        { "list dictionary", Clean },
        { "entry", """{"password":"[REDACTED]"}""" },
        { "pair", """{"password":"[REDACTED]"}""" },
        { "pair of a number", """{"password":"[REDACTED]"}""" },
        { "pair of pairs", """{"deep":{"password":"[REDACTED]","plain":"x"}}""" },
        { "list of entries", """[{"password":"[REDACTED]"}]""" },
        { "list of objects", """[{"password":"[REDACTED]"},"x"]""" },
        { "tuple", """["password","[REDACTED]"]""" },
        { "tuple of three", """["jane","password","[REDACTED]"]""" },
        { "old tuple", """["password","[REDACTED]"]""" },
        { "tuple of an enumeration", """["Password","[REDACTED]"]""" },
        { "tuple of an object", """["userPassword","[REDACTED]"]""" },
        { "tuple of numbers", "[7,\"x\",[1,2],\"y\"]" },
        { "pair of an enumeration", """{"Password":"[REDACTED]"}""" },
        { "group", """{"password":"[REDACTED]"}""" },
        { "groups", """{"password":"[REDACTED]","plain":["x"]}""" },
        { "lookup", """{"password":"[REDACTED]","plain":["x"]}""" },
        { "lookup of an enumeration", """{"Password":"[REDACTED]","Plain":[{"plain":"x"}]}""" },
        { "lookup of objects", """{"password":"[REDACTED]","plain":["x"]}""" },
        { "list of groups as objects", """[{"password":"[REDACTED]"},{"plain":["x"]}]""" },
        { "named values", Clean },
        { "list of tuples", """[["password","[REDACTED]"],["plain","x"]]""" },
        { "address in a pair", """{"plain":"mail [REDACTED] now"}""" },
        { "address in a tuple", """["plain","mail [REDACTED] now"]""" },
        { "address as a key", """{"[REDACTED]":1}""" },
        { "headers", """{"X-Api-Key":"[REDACTED]","Accept":["text/plain"]}""" },
        { "object of a serializer", """{"password":"[REDACTED]","a":1}""" },
        { "serialized pairs", """[{"Key":"password","Value":"[REDACTED]"},{"Key":"plain","Value":"x"}]""" },
        { "no pairs", "{}" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task What_stands_under_a_sensitive_name_is_redacted_in_every_form_and_entry(string form, string stored)
    {
        var path = Path.Combine(_rig.BaseDirectory, "alone.jsonl");
        using (var telemetry = _rig.Start())
        {
            telemetry.RecordFields("canary", Details(form));
            using var run = telemetry.StartRun("canary", "pairs");
            run.RecordFields("canary", Details(form));
            await telemetry.FlushAsync();
        }

        new FileRecorder(path, TimeProvider.System, DiskFileSystem.Instance).RecordFields("canary", Details(form));

        var lines = _rig.Events().Where(line => line.GetProperty("event").GetString() == "canary").Append(JsonDocument.Parse(File.ReadAllText(path)).RootElement).ToList();
        Assert.Equal(3, lines.Count);
        Assert.All(lines, line => Assert.Equal(stored, line.GetProperty("details").GetProperty("deep")[0].GetRawText()));
    }

    [Fact]
    public async Task Pairs_in_an_object_that_is_serialized_are_redacted_too()
    {
        object[] objects = [Pairs(), new KeyValuePair<string, string>("password", Secret), new { Deep = Tuple.Create("password", Secret) }, new DictionaryEntry("password", Secret)];
        using (var telemetry = _rig.Start())
        {
            Assert.All(objects, given => Assert.True(telemetry.RecordObject("canary", given).IsAccepted));
            using var run = telemetry.StartRun("canary", "pairs");
            Assert.All(objects, given => Assert.True(run.RecordObject("canary", JsonSerializer.SerializeToElement(given), CanarySpec.SongContext.Default.JsonElement).IsAccepted));
            await telemetry.FlushAsync();
        }

        var lines = _rig.Events().Where(line => line.GetProperty("event").GetString() == "canary").Select(line => line.ToString()).ToList();
        Assert.Equal(8, lines.Count);
        Assert.All(lines, line => Assert.DoesNotContain(Secret, line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Contains("[REDACTED]", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_pair_that_holds_itself_ends()
    {
        var list = new List<KeyValuePair<string, object?>>();
        list.Add(new("one", list));
        list.Add(new("two", ("x", list)));

        using var telemetry = _rig.Start();
        var result = telemetry.RecordFields("canary", new Dictionary<string, object?> { ["deep"] = list });

        Assert.True(result.IsAccepted);
    }

    private static Dictionary<string, object?> Details(string form) => new() { ["deep"] = new object?[] { Value(form) } };

    private static List<KeyValuePair<string, string>> Pairs() => [new("password", Secret), new("plain", "x")];

    private static object Value(string form)
    {
        switch (form)
        {
            case "expando":
                IDictionary<string, object?> expando = new ExpandoObject();
                expando["password"] = Secret;
                expando["plain"] = "x";
                return expando;
            case "headers":
                return new Dictionary<string, IEnumerable<string>> { ["X-Api-Key"] = [Secret], ["Accept"] = ["text/plain"] }.Select(header => header);
            case "list dictionary":
                return new ListDictionary { ["password"] = Secret, ["plain"] = "x" };
            default:
                return Grouped(form) ?? Simple(form);
        }
    }

    private static object? Grouped(string form) => form switch
    {
        "group" => Pairs().GroupBy(pair => pair.Key, pair => pair.Value).First(),
        "groups" => Pairs().GroupBy(pair => pair.Key, pair => pair.Value),
        "lookup" => Pairs().ToLookup(pair => pair.Key, pair => pair.Value),
        "lookup of an enumeration" => Pairs().ToLookup(pair => pair.Key == "plain" ? Field.Plain : Field.Password),
        "lookup of objects" => Pairs().ToLookup(pair => (object)pair.Key, pair => (object)pair.Value),
        "list of groups as objects" => Pairs().GroupBy(pair => pair.Key, pair => pair.Value).ToList<object>(),
        _ => null,
    };

    private static object Simple(string form) => form switch
    {
        "list of pairs" => Pairs(),
        "list of pairs of objects" => new List<KeyValuePair<string, object?>> { new("password", Secret), new("plain", "x") },
        "array of pairs" => Pairs().ToArray(),
        "read-only dictionary" => new Dwelling(Pairs()),
        "immutable dictionary" => Pairs().ToImmutableSortedDictionary(),
        "sequence of pairs" => Pairs().Where(pair => pair.Key.Length > 0),
        "hashtable" => new Hashtable { ["password"] = Secret },
        "entry" => new DictionaryEntry("password", Secret),
        "pair" => new KeyValuePair<string, string>("password", Secret),
        "pair of a number" => new KeyValuePair<string, int>("password", 5),
        "pair of pairs" => new KeyValuePair<string, object>("deep", Pairs()),
        "list of entries" => new ArrayList { new DictionaryEntry("password", Secret) },
        "list of objects" => new List<object> { new KeyValuePair<string, string>("password", Secret), "x" },
        "tuple" => ("password", Secret),
        "tuple of three" => ("jane", "password", Secret),
        "old tuple" => Tuple.Create("password", Secret),
        "tuple of an enumeration" => (Field.Password, Secret),
        "tuple of an object" => (new StringBuilder("userPassword"), Secret),
        "tuple of numbers" => (7, "x", new[] { 1, 2 }, "y"),
        "pair of an enumeration" => new KeyValuePair<Field, string>(Field.Password, Secret),
        "named values" => new NameValueCollection { ["password"] = Secret, ["plain"] = "x" },
        "list of tuples" => new List<(string, string)> { ("password", Secret), ("plain", "x") },
        "address in a pair" => new KeyValuePair<string, string>("plain", "mail jane@example.com now"),
        "address in a tuple" => ("plain", "mail jane@example.com now"),
        "address as a key" => new KeyValuePair<string, int>("jane@example.com", 1),
        "object of a serializer" => JsonValue.Create(new { password = Secret, a = 1 })!,
        "serialized pairs" => JsonSerializer.SerializeToNode(Pairs())!,
        _ => new List<KeyValuePair<string, int>>(),
    };

    private enum Field
    {
        Plain,
        Password,
    }

    // Implements the read-only interface of its own types alone, as collections of other libraries do.
    private sealed class Dwelling(List<KeyValuePair<string, string>> pairs) : IReadOnlyDictionary<string, string>
    {
        public int Count => pairs.Count;

        public IEnumerable<string> Keys => pairs.Select(pair => pair.Key);

        public IEnumerable<string> Values => pairs.Select(pair => pair.Value);

        public string this[string key] => pairs.Find(pair => pair.Key == key).Value;

        public bool ContainsKey(string key) => pairs.Exists(pair => pair.Key == key);

        public bool TryGetValue(string key, out string value) => (value = this[key]) is not null;

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => pairs.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
