using System.Text.Json;
using TelemetryActors.Encoding;
using TelemetryActors.Privacy;
using Xunit;

namespace TelemetryActors.Tests.Privacy;

[Trait("Feature", "D.8")]
[Trait("Feature", "S1.11")]
public sealed class PrivacyFilterSpec
{
    private const string Envelope = """{"ts":"2026-03-01T12:00:00.123456Z","event":"work","details":""";

    [Theory]
    [InlineData("""{"n":1,"ratio":0.123456,"ok":true,"none":null,"list":[1,2,[3]],"text":"plain words"}""")]
    [InlineData("""{"path":"/usr/share/dotnet/sdk","module":"System.Net.Http","time":"12:34:56","iso":"2026-03-01T12:00:00Z"}""")]
    [InlineData("""{"hash":"9f86d081884c7d659a2feaa0c55ad015","uuid":"123e4567-e89b-12d3-a456-426614174000","call":"std::vector::at"}""")]
    [InlineData("""{"text":"version 1.2.3.4 and Version=10.0.0.0 on 127.0.0.1","token_count":12,"price":"12.50, 13.75"}""")]
    [InlineData("""{"email":"[REDACTED]","user":null}""")]
    [InlineData("""{"text":"tool@1.2.rc-1, flat: 3 long: 2.35, lat 12 ms long: 3","path":"\\u0022C:\\temp\\new\\u0022"}""")]
    [InlineData("""{"text":"lat: 12.35 ms, lat: 12.35ms, lat: 12 seconds, lat: 12.5 sec, lat: 3 µs, lat: 12%, lat: 1,234,567, lat: 1.2.3, latlng: 48.1, 1234"}""")]
    [InlineData("""{"position":12,"log":{"position":[1,2,3,4],"point":{"x":1,"y":2}},"checkpoint":[1,2],"list_position":[1000,2000],"latency":[1.5,2.5]}""")]
    [InlineData("""{"center":[0.5,0.5],"centered":true,"chart":{"center":{"x":320,"y":240}},"bounds":{"north":10,"south":0,"east":20,"west":0},"array_bounds":[0,99]}""")]
    public void A_line_without_findings_stays_byte_for_byte(string details)
    {
        var line = Envelope + details + ""","level":"info","run_id":"20260301T120000Z-crawler-0123abcd","run_seq":         7,"id":"0123456789a-00000000000001"}""";

        var (found, stripped) = Strip(line);

        Assert.False(found);
        Assert.Equal(line, stripped);
    }

    [Theory]
    [InlineData("""{"email":"jane@example.com","n":1}""", """{"n":1}""")]
    [InlineData("""{"n":1,"user_id":"u-77"}""", """{"n":1}""")]
    [InlineData("""{"client":{"hostName":"janes-laptop","ip":"10.1.2.3","v":2},"user":{"name":"Jane","id":5}}""", """{"client":{"v":2}}""")]
    [InlineData("""{"ip_addr":"a","clientIPv6":"b","n":1}""", """{"n":1}""")]
    [InlineData("""{"git_commit_author":"Jane Doe","n":1}""", """{"n":1}""")]
    public void Members_about_a_person_or_a_machine_go_as_a_whole(string details, string expected)
    {
        var (found, stripped) = Strip(Envelope + details + "}");

        Assert.True(found);
        Assert.Equal(expected, DetailsOf(stripped));
    }

    [Theory]
    [Trait("Feature", "S1.12")]
    [InlineData("""{"lat":48.8566,"lon":2.3522,"n":1}""", """{"n":1}""")]
    [InlineData("""{"at":{"deep":[{"latitude":48.8,"longitude":"2.35","n":1}]}}""", """{"at":{"deep":[{"n":1}]}}""")]
    [InlineData("""{"gps":[48.8566,2.3522],"geo":{"x":1},"location":"Paris","last_location":[1,2],"n":1}""", """{"n":1}""")]
    [InlineData("""{"latlng":[48.8566,2.3522],"LatLon":"48.85,2.35","startLatLong":{"a":1},"lng_lat":1,"bbox":[2.2,48.8,2.4,48.9],"n":1}""", """{"n":1}""")]
    [InlineData("""{"bbox_wgs84":[2.2,48.8,2.4,48.9],"altitude_m":35,"n":1}""", """{"n":1}""")]
    [InlineData("""{"position":[48.85,2.35],"point":[2,48],"lastPosition":[2.35,48.85,35],"n":1}""", """{"n":1}""")]
    [InlineData("""{"a":[{"track":{"point":{"of":[{"at":[[2.35,48.85],[2.36,48.86]]}]}}}],"position":["48.85","2.35"],"n":1}""", """{"a":[{}],"n":1}""")]
    [InlineData("""{"position":"48.8, 2.35","point":"2.35 48.8","n":1}""", """{"n":1}""")]
    [InlineData("""{"latDeg":"४८.८५","gps_fix":["४८.८"],"latitud":"\u096a\u096e.\u096e","geoPoint":"٤٨٫٨٥","position":["४८.८५","२.३५"],"waypoint":"४८.८५, २.३५","n":1}""", """{"n":1}""")]
    [InlineData("""{"t":"४८.८५६६, २.३५२२","u":"{\"lat\":\"४८.८५\"}"}""", """{"t":"[REDACTED]","u":"{\"lat\":\"[REDACTED]\"}"}""")]
    [InlineData("""{"t":"latlng=48.8,2.3 bbox: [2.2, 48.8, 2.4, 48.9]"}""", """{"t":"latlng=[REDACTED] bbox: [[REDACTED]]"}""")]
    [InlineData("""{"map":{"center":[48.85837,2.29448],"zoom":12},"mapCentre":[2.29448,48.85837],"n":1}""", """{"map":{"zoom":12},"n":1}""")]
    [InlineData("""{"bounds":{"north":48.90215,"south":48.81558,"east":2.46992,"west":2.22412},"n":1}""", """{"n":1}""")]
    [InlineData("""{"t":"seen at 48.8566, 2.3522 by night"}""", """{"t":"seen at [REDACTED] by night"}""")]
    [InlineData("""{"t":"48.8566N 2.3522E"}""", """{"t":"[REDACTED]"}""")]
    [InlineData("""{"t":"at 48°51′24″N 2°21′03″E"}""", """{"t":"at [REDACTED] [REDACTED]"}""")]
    [InlineData("""{"t":"-33.8688;151.2093"}""", """{"t":"[REDACTED]"}""")]
    [InlineData("""{"t":"open geo:48.85,2.35 now"}""", """{"t":"open [REDACTED] now"}""")]
    [InlineData("""{"t":"Lat: 48.86 Long: 2.35"}""", """{"t":"Lat: [REDACTED] Long: [REDACTED]"}""")]
    [InlineData("""{"t":"long 2.35, lat 48.86"}""", """{"t":"long [REDACTED], lat [REDACTED]"}""")]
    [InlineData("""{"t":"lat: 33.86 S, lat: 48.1371540000000034, geo:48.1,11.12345678901234567"}""", """{"t":"lat: [REDACTED] S, lat: [REDACTED], [REDACTED]"}""")]
    [InlineData("""{"t":"got {\"latitude\":48,\"long\":2}"}""", """{"t":"got {\"latitude\":[REDACTED],\"long\":[REDACTED]}"}""")]
    [InlineData("""{"t":"lat/long: 48.86/2.35"}""", """{"t":"lat/long: [REDACTED]"}""")]
    [InlineData("""{"t":"$GPGGA,123519,4807.038,N,01131.000,E,1"}""", """{"t":"$GPGGA,123519,[REDACTED],1"}""")]
    [InlineData("""{"t":"{\\u0022lat\\u0022:48.85,\\u0022lon\\u0022:2.35}"}""", """{"t":"{\\u0022lat\\u0022:[REDACTED],\\u0022lon\\u0022:[REDACTED]}"}""")]
    [InlineData("""{"t":"{\\\\u0022lat\\\\u0022:\\u002D48.85,\\\\u0022long\\\\u0022:2}"}""", """{"t":"{\\\\u0022lat\\\\u0022:[REDACTED],\\\\u0022long\\\\u0022:[REDACTED]}"}""")]
    [InlineData("""{"t":"{\\\"lat\\\":48.85,\\\"lng\\\":\\\"2.35\\\"}"}""", """{"t":"{\\\"lat\\\":[REDACTED],\\\"lng\\\":\\\"[REDACTED]\\\"}"}""")]
    [InlineData("""{"t":"at 48.8566\\u002C2.3522"}""", """{"t":"at [REDACTED]"}""")]
    [InlineData("""{"t":"got {\"lat\": 48.85, \"lng\": 2.3}"}""", """{"t":"got {\"lat\": [REDACTED], \"lng\": [REDACTED]}"}""")]
    public void Coordinates_go_at_any_depth_and_in_texts(string details, string expected)
    {
        var (found, stripped) = Strip(Envelope + details + "}");

        Assert.True(found);
        Assert.Equal(expected, DetailsOf(stripped));
    }

    [Fact]
    [Trait("Feature", "S1.12")]
    public void Each_word_for_a_place_is_known_wherever_places_are_looked_for()
    {
        var details = PlaceWords.Certain.SelectMany(word => (string[])
        [
            $$"""{"{{word}}":"near the river"}""",
            $$"""{"{{word}}_of_it":48.8566}""",
            $$"""{"t":"{{word}}: 48.8566"}""",
            $$"""{"t":"{{word}}=48.8566"}""",
        ]).Concat(PlaceWords.Perhaps.Select(word => $$"""{"{{word}}":[48.8566,2.3522]}"""));

        var left = details.Where(one => Strip(Envelope + one + "}").Found != true).ToList();

        Assert.Empty(left);
    }

    [Theory]
    [InlineData("cannot open /home/jane/notes.txt", "cannot open /home/[REDACTED]/notes.txt")]
    [InlineData(@"C:\Users\Jane Doe\AppData\x.log and C:\Users\joe", @"C:\Users\[REDACTED]\AppData\x.log and C:\Users\[REDACTED]")]
    [InlineData("/Users/jane", "/Users/[REDACTED]")]
    [InlineData("from 203.0.113.9:443 and [2001:db8::8a2e:370:7334]", "from [REDACTED]:443 and [[REDACTED]]")]
    [InlineData("from ::ffff:10.0.0.1 and 64:ff9b::192.0.2.33 now", "from [REDACTED] and [REDACTED] now")]
    [InlineData("from ١٩٢.١٦٨.١.٧ now", "from [REDACTED] now")]
    [InlineData("card aa:bb:cc:dd:ee:ff went away", "card [REDACTED] went away")]
    [InlineData("owner S-1-5-21-3623811015-3361044348-30300820-1013", "owner [REDACTED]")]
    [InlineData("mail jane@example.com or +33 6 12 34 56 78", "mail [REDACTED] or [REDACTED]")]
    [InlineData(@"{\u0022from\u0022:\u0022203.0.113.9\u0022,\u0022in\u0022:\u0022\u002Fhome\u002Fjane\u002Fx\u0022}", @"{\u0022from\u0022:\u0022[REDACTED]\u0022,\u0022in\u0022:\u0022\u002Fhome\u002F[REDACTED]\u002Fx\u0022}")]
    [InlineData(@"in C:\Users\nadia\new at 203.0.113.9", @"in C:\Users\[REDACTED]\new at [REDACTED]")]
    [InlineData("user=jane host=db1", "user=[REDACTED] host=[REDACTED]")]
    public void What_a_text_says_of_a_person_is_taken_out(string text, string expected)
    {
        var (found, stripped) = Strip(Envelope + "{\"message\":" + JsonSerializer.Serialize(text) + "}}");

        Assert.True(found);
        Assert.Equal(expected, JsonDocument.Parse(stripped).RootElement.GetProperty("details").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData(""","user_id":"jane"}""", "user_id")]
    [InlineData(""","session_id":"jane@example.com"}""", "jane@")]
    [InlineData(""","agent":"agent of jane@example.com"}""", "jane@")]
    [InlineData(""","id":"jane@example.com/1"}""", "jane@")]
    [InlineData(""","run_id":"jane@example.com"}""", "jane@")]
    [InlineData(""","run_id":"20261121T100000Z-jane@example.com-00000000","agent":"jane@example.com"}""", "jane@")]
    [InlineData(""","session_id":"jane@example.com-17"}""", "jane@")]
    [InlineData(""","run_id":"20261121T100000Z-box-203.0.113.9-00000000"}""", "203.0")]
    [InlineData(""","run_id":"20261121T100000Z-555-123-4567-00000000"}""", "555-")]
    [InlineData(""","run_id":"20261121T100000Z-jane-example.com-00000000","agent":"jane@example.com"}""", "jane")]
    [InlineData(""","agent":"Jane@example.com","run_id":"20261121T100000Z-jane-example.com-00000000"}""", "jane")]
    public void The_envelope_is_stripped_too(string rest, string secret)
    {
        var (found, stripped) = Strip(Envelope + "{}" + rest);

        Assert.True(found);
        Assert.DoesNotContain(secret, stripped, StringComparison.Ordinal);
        Assert.True(EventLine.TryParse(System.Text.Encoding.UTF8.GetBytes(stripped), out _, out _));
    }

    [Theory]
    [InlineData("""{"card":4111111111111111}""", """{"card":"[REDACTED]"}""")]
    [InlineData("""{"a":{"jane@example.com":1}}""", """{"a":{"[REDACTED]":1}}""")]
    [InlineData("""{"t":"\ud800 half"}""", """{"t":"[REDACTED]"}""")]
    [InlineData("""{"lat":1,"t":"naïve 🚀 \"quoted\" \\ \n"}""", """{"t":"naïve 🚀 \"quoted\" \\ \n"}""")]
    public void Numbers_names_and_broken_texts_are_no_way_around(string details, string expected)
    {
        var (_, stripped) = Strip(Envelope + details + "}");

        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, JsonDocument.Parse(DetailsOf(stripped)).RootElement), stripped);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[1]")]
    [InlineData("""{"ts":"2026""")]
    [InlineData("")]
    public void What_is_no_event_goes_nowhere(string line)
    {
        var (found, _) = Strip(line);

        Assert.Null(found);
    }

    [Fact]
    public void Stripping_twice_changes_nothing_more()
    {
        var once = Strip(Envelope + """{"t":"/home/jane/x 10.0.0.1 48.8566,2.3522","ip":"10.0.0.1"}}""").Text;

        var (found, twice) = Strip(once);

        Assert.False(found);
        Assert.Equal(once, twice);
    }

    private static (bool? Found, string Text) Strip(string line)
    {
        using var filter = new PrivacyFilter();
        var found = filter.Strip(System.Text.Encoding.UTF8.GetBytes(line), out var stripped);
        return (found, System.Text.Encoding.UTF8.GetString(stripped));
    }

    private static string DetailsOf(string line) => JsonDocument.Parse(line).RootElement.GetProperty("details").GetRawText();
}
