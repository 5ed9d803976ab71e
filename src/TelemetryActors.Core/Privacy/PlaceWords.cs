namespace TelemetryActors.Privacy;

/// <summary>The words for a place, once for all who look for them: in the names of members and in texts (S1.12).</summary>
/// <remarks>Each list is a pattern's alternatives, so that patterns can be made of it.</remarks>
internal static class PlaceWords
{
    /// <summary>One of the two numbers of a place.</summary>
    public const string Halves = "lat|latitude|lon|lng|longitude";

    /// <summary>The same in other languages.</summary>
    public const string HalvesElsewhere =
        "latitud|longitud|latitudine|longitudine|enlem|boylam|breitengrad|längengrad|laengengrad|широта|долгота|纬度|经度|緯度|経度|위도|경도";

    /// <summary>Both numbers, or the four of a box.</summary>
    public const string Pairs = "latlng|latlon|latlong|lnglat|lonlat|bbox";

    /// <summary>A place as a whole.</summary>
    public const string Wholes = "gps|geo|coord|coords|coordinate|coordinates|location|locations|geoip|geoloc|geolocation|geopoint|geohash|altitude";

    /// <summary>A place only if its value says so.</summary>
    public const string Positions = "position|positions|point|points|waypoint|waypoints";

    /// <summary>A place only if its value says so with decimals.</summary>
    public const string Doubtful = "long|pos|track|loc|geometry|center|centre|bounds";

    /// <summary>All that mean a place whatever they hold.</summary>
    public static string[] Certain { get; } = string.Join('|', Halves, HalvesElsewhere, Pairs, Wholes).Split('|');

    /// <summary>All that may mean something else.</summary>
    public static string[] Perhaps { get; } = string.Join('|', Positions, Doubtful).Split('|');
}
