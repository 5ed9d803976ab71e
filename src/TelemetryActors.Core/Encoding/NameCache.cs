namespace TelemetryActors.Encoding;

/// <summary>The names in use, encoded once: callers write the same few literals over and over.</summary>
/// <remarks>A direct-mapped table of 512 places; two names on one place take turns. Thread-safe: entries are immutable and replaced whole.</remarks>
internal sealed class NameCache(Func<string, EncodedName> encode)
{
    private const int Places = 512;

    private readonly EncodedName?[] _entries = new EncodedName?[Places];

    public EncodedName Get(string name)
    {
        ref var place = ref _entries[PlaceOf(name)];
        var entry = place;
        if (entry is not null && (ReferenceEquals(entry.Name, name) || string.Equals(entry.Name, name)))
        {
            return entry;
        }

        entry = encode(name);
        place = entry;
        return entry;
    }

    private static int PlaceOf(string name)
    {
        var length = name.Length;
        if (length == 0)
        {
            return 0;
        }

        var mixed = (uint)((name[0] * 31) + name[length - 1] + (name[length >> 1] * 17) + (length * 101));
        return (int)((mixed ^ (mixed >> 9)) & (Places - 1));
    }
}
