using TelemetryActors.Privacy;
using Xunit;

namespace TelemetryActors.Tests.Privacy;

/// <summary>Coordinates in the texts of what a sink that strips sends, and what only looks like them.</summary>
[Trait("Feature", "S1.12")]
public sealed class PlaceTextSpec
{
    [Theory]
    [InlineData("seen at 48.85°N by night", "seen at [REDACTED] by night")]
    [InlineData("48.8°n", "[REDACTED]")]
    [InlineData("48,8° N", "[REDACTED]")]
    [InlineData("-48.85°E.", "[REDACTED].")]
    [InlineData("48.85°N 2.35°E", "[REDACTED]")]
    [InlineData("48.8° N, 2.3° E", "[REDACTED]")]
    [InlineData("48,85°N; 2,35°O", "[REDACTED]")]
    [InlineData("33.86°S/151.2°E", "[REDACTED]")]
    [InlineData("2.35°E 48.85°N", "[REDACTED]")]
    [InlineData("12.5°W und 7.5°S", "[REDACTED]")]
    [InlineData("48.85°N2.35°E", "[REDACTED]")]
    [InlineData("位置48.85°N、2.35°E。", "位置[REDACTED]、[REDACTED]。")]
    [InlineData("N 48.85° E 2.35°", "[REDACTED]")]
    [InlineData("N48.8° E2.3°", "[REDACTED]")]
    [InlineData("n48.8°", "[REDACTED]")]
    [InlineData("S 33.8°, O 2.3°", "[REDACTED]")]
    [InlineData("W 2.35°, N 48.85°", "[REDACTED]")]
    [InlineData("48°N 2°E", "[REDACTED]")]
    [InlineData("48° N, 2° O", "[REDACTED]")]
    [InlineData("48°N 2.35°E", "[REDACTED]")]
    [InlineData("N 48° E 2°", "[REDACTED]")]
    [InlineData(@"48.85\u00b0N 2.35\u00B0E", "[REDACTED]")]
    [InlineData("48.8566°N, 2.3522°E", "[REDACTED]")]
    [InlineData("1234.5°N", "1234.5°N")]
    public void A_number_with_a_degree_sign_and_a_letter_of_the_compass_goes_whatever_its_decimals(string text, string expected) => Assert.Equal(expected, PlaceText.Strip(text));

    [Theory]
    [InlineData("20°C"), InlineData("20.5°C, 21.5 °C"), InlineData("98.6° F"), InlineData("N 20.5°C"), InlineData("E 20.5° C")]
    [InlineData("45°"), InlineData("48.5°"), InlineData("90° N-facing wall"), InlineData("48°N"), InlineData("turn 90° W"), InlineData("N 45°")]
    [InlineData("heading 45.5° NE"), InlineData("wind 270.5° WSW"), InlineData("rotated 12.5° once"), InlineData("12.5° East-facing"), InlineData("20.5° s deštěm")]
    [InlineData("20.5° o 21.5°"), InlineData("20.5° e 21.5°"), InlineData("20,5° w cieniu"), InlineData("45.5° n"), InlineData("da 20.5° e 30.5° in su")]
    [InlineData("at 20.5° O2"), InlineData("12.5° S3"), InlineData("LED 20.5°"), InlineData("3S 20.5°"), InlineData("36.6°, S and M"), InlineData("45° N to 90° E")]
    public void An_angle_or_a_temperature_stays(string text) => Assert.Equal(text, PlaceText.Strip(text));

    [Theory]
    [InlineData("1.234, 5.678, 9.012"), InlineData("1.234 5.678 9.012 3.456"), InlineData("p50/p90/p99 1.234/5.678/-9.012"), InlineData("[1.234;5.678;1234.567]"), InlineData("12.345,23.456,34.567,45.678,56.789")]
    [InlineData("took 5.123, 6.123 ms"), InlineData("5.123/6.123ms"), InlineData("5.123 6.123 s"), InlineData("5.123, 6.123 seconds"), InlineData("21.123, 22.123°C"), InlineData("5.123, 6.123 %")]
    [InlineData("5.1234, 6.1234 ms"), InlineData("8.567, 9.567 GB")]
    public void Numbers_in_a_row_and_with_a_unit_stay(string text) => Assert.Equal(text, PlaceText.Strip(text));

    [Theory]
    [InlineData("{\"window\":{\"x\":४८.८५,\"y\":२.३५}}", "{\"window\":{\"x\":४८.८५,\"y\":२.३५}}")]
    [InlineData("{\"coords\":{\"x\":४८.८५,\"y\":२.३५}}", "{\"coords\":{\"x\":[REDACTED]}}")]
    [InlineData("{\"coords\": {\n                    \"x\": 48.8566,\n                    \"y\": 2.3522}} 12", "{\"coords\": {\n                    \"x\": [REDACTED]}} 12")]
    [InlineData("४८.८५६६, २.३५२२", "[REDACTED]")]
    [InlineData("४८.८५७, २.३५२ पर", "[REDACTED] पर")]
    [InlineData("४८.८५७, २.३५२, ३५.१२३", "४८.८५७, २.३५२, ३५.१२३")]
    [InlineData("lat: ४८.८५६६", "lat: [REDACTED]")]
    [InlineData("lat=৪৮.১,১১.৫", "lat=[REDACTED]")]
    [InlineData("homeLat: ๔๘.๑", "homeLat: [REDACTED]")]
    [InlineData("๔๘.๘°N", "[REDACTED]")]
    [InlineData("٤٨٫٨٥٦٦، ٢٫٣٥٢٢", "[REDACTED]")]
    [InlineData("４８．８５６６，２．３５２２", "[REDACTED]")]
    [InlineData("位置（48.8566，2.3522）", "位置（[REDACTED]）")]
    [InlineData(@"\u096a\u096e.\u096e\u096b\u096c\u096c, \u0968.\u0969\u096b\u0968\u0968", "[REDACTED]")]
    public void Numbers_in_the_digits_of_another_script_go_as_those_of_ascii_do(string text, string expected) => Assert.Equal(expected, PlaceText.Strip(text));

    [Theory]
    [InlineData("48.857, 2.352", "[REDACTED]")]
    [InlineData("48.857, 2.352, 35.1", "[REDACTED], 35.1")]
    [InlineData("48.857, 2.352, 12 sats", "[REDACTED], 12 sats")]
    [InlineData("48.857,2.352 48.858,2.353", "[REDACTED] [REDACTED]")]
    [InlineData("48.8566, 2.3522, 35.123", "[REDACTED], 35.123")]
    [InlineData("48.8566, 2.3522, 48.8570, 2.3530", "[REDACTED], [REDACTED]")]
    [InlineData("48.857N, 2.352E, 35.123", "[REDACTED], 35.123")]
    [InlineData("33.868 S 151.209 E", "[REDACTED]")]
    [InlineData("48.857, 2.352 S", "[REDACTED] S")]
    [InlineData("48.857,2.352 in 12 ms", "[REDACTED] in 12 ms")]
    public void A_pair_goes_whatever_else_stands_beside_it(string text, string expected) => Assert.Equal(expected, PlaceText.Strip(text));

    [Theory]
    [InlineData("lat=48.1,11.5", "lat=[REDACTED]")]
    [InlineData("lat: 48.1, 11.5, done", "lat: [REDACTED], done")]
    [InlineData("latitude = 48.1 / 11.5", "latitude = [REDACTED]")]
    [InlineData("Breitengrad: 48.1; 11.5", "Breitengrad: [REDACTED]")]
    [InlineData("lat=48,11.5", "lat=[REDACTED]")]
    [InlineData("lat=48.1,11.5,520.0", "lat=[REDACTED]")]
    [InlineData("lat 48.15, 11.5", "lat [REDACTED]")]
    [InlineData("{\"lat\":\"48.1,11.5\"}", "{\"lat\":\"[REDACTED]\"}")]
    [InlineData(@"{\u0022lat\u0022:\u002248.1,11.5\u0022}", @"{\u0022lat\u0022:\u0022[REDACTED]\u0022}")]
    [InlineData("lat/lon: 48.1,11.5", "lat/lon: [REDACTED]")]
    [InlineData("lat, lon = 48.1 11.5", "lat, lon = [REDACTED]")]
    [InlineData("location=48.1, 11.5", "location=[REDACTED]")]
    [InlineData("location: [48.1,11.5,520.0]", "location: [[REDACTED]]")]
    [InlineData("gps=48.1/11.5 ok", "gps=[REDACTED] ok")]
    [InlineData("lat=48.1,lon=11.5", "lat=[REDACTED],lon=[REDACTED]")]
    [InlineData("lat=48.1, 3 retries", "lat=[REDACTED], 3 retries")]
    public void What_stands_behind_a_name_goes_with_its_other_half(string text, string expected) => Assert.Equal(expected, PlaceText.Strip(text));

    [Theory]
    [InlineData("lat: 12.5 ms, 13.5 ms"), InlineData("location=1.2, 1.3.4"), InlineData("location: 1.5, 2.5 ms"), InlineData("flat=48.1,11.5"), InlineData("location=3"), InlineData("geo: 12.5, 13.5%"), InlineData("location 3.1, 3.2")]
    public void What_is_measured_or_counted_behind_a_name_stays(string text) => Assert.Equal(text, PlaceText.Strip(text));

    [Theory]
    [InlineData("{\"gpsLat\": 48.8566, \"gpsLon\": 2.3522}", "{\"gpsLat\": [REDACTED], \"gpsLon\": [REDACTED]}")]
    [InlineData("{\"startLat\":48,\"startLon\":2}", "{\"startLat\":[REDACTED],\"startLon\":[REDACTED]}")]
    [InlineData("{\"homeLatitude\":\"48.8\",\"homeLongitude\":\"-2.3\"}", "{\"homeLatitude\":\"[REDACTED]\",\"homeLongitude\":\"[REDACTED]\"}")]
    [InlineData(@"{\""startLat\"": 48.8566}", @"{\""startLat\"": [REDACTED]}")]
    [InlineData(@"{\u0022startLat\u0022:48.8566}", @"{\u0022startLat\u0022:[REDACTED]}")]
    [InlineData("pickupLat: 48.8566, pickupLng: 2.3522", "pickupLat: [REDACTED], pickupLng: [REDACTED]")]
    [InlineData("pickupLat: 48.1, 11.5, done", "pickupLat: [REDACTED], done")]
    [InlineData("pickupLat: 48.1, 3 retries", "pickupLat: [REDACTED], 3 retries")]
    [InlineData("GPSLatitude: 48,8566; GPSLatitudeDeg: 48.8", "GPSLatitude: [REDACTED]; GPSLatitudeDeg: [REDACTED]")]
    [InlineData("start_lat: 48.1, end.lon: 2.3, drop-lat: 48", "start_lat: [REDACTED], end.lon: [REDACTED], drop-lat: [REDACTED]")]
    [InlineData("lastLocation: [48.15, 11.53] homeGeo: 48.8566", "lastLocation: [[REDACTED]] homeGeo: [REDACTED]")]
    [InlineData("{\"enlem\":48.8566,\"boylam\":2.3522}", "{\"enlem\":[REDACTED],\"boylam\":[REDACTED]}")]
    [InlineData("{\"coords\":{\"x\":48.8566,\"y\":2.3522}}", "{\"coords\":{\"x\":[REDACTED]}}")]
    [InlineData("{\"homeCoords\": {\"y\": 48.85, \"x\": 2.35, \"n\": 1}}", "{\"homeCoords\": {\"y\": [REDACTED], \"n\": 1}}")]
    [InlineData(@"{\""position\"":{\""x\"":48.8566,\""y\"":2.3522}}", @"{\""position\"":{\""x\"":[REDACTED]}}")]
    public void A_name_of_several_words_behind_a_colon_is_the_name_that_it_is_of_a_member(string text, string expected) => Assert.Equal(expected, PlaceText.Strip(text));

    [Theory]
    [InlineData("isFlat: 48.5, platform: 2.5, relation: 1.5, translate: 3.5, latency: 12.5, avgLatency: 12.5"), InlineData("{\"translateX\":48.8566,\"colonCount\":2.3522,\"salon\":1.5}")]
    [InlineData("gpsLatMs: 12.5, latTimeout: 30, geoVersion: 1.2, locationCount: 3, gpsRetries: 2"), InlineData("avgLat: 12.5 ms, avgLat: 12.5ms, maxLat: 12%, lat_p99: 12.5345, geo_lookup_p99: 12.5345"), InlineData("serverLocation: 3, geoLevel: 3.5, locationAccuracy: 12.5")]
    [InlineData("{\"window\":{\"x\":48.8566,\"y\":2.3522}}"), InlineData("{\"coords\":{\"x\":48,\"y\":2}}"), InlineData("{\"translate\":{\"x\":48.85,\"y\":2.35}}"), InlineData("{\"coords\":{\"x\":480.25,\"y\":200.75}}"), InlineData("gpsLat: 1.2.3, gpsLat: 1234.5")]
    public void Words_that_only_begin_or_end_like_a_place_stay_behind_a_colon(string text) => Assert.Equal(text, PlaceText.Strip(text));
}
