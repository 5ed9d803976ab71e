using System.Globalization;

namespace TelemetryActors.Encoding;

/// <summary>The names that the members of one object have so far.</summary>
internal sealed class MemberNames
{
    private const int FirstNumber = 2;

    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    // The number to try next behind a name that stood before: without it, each of many equal names would try all the numbers before its own.
    private readonly Dictionary<string, int> _next = new(StringComparer.Ordinal);

    /// <summary>Takes a name, or where it is taken the first free number behind it, <c>status_2</c>: that changes nothing for the redactor.</summary>
    public string Free(string name)
    {
        if (_taken.Add(name))
        {
            return name;
        }

        var number = _next.GetValueOrDefault(name, FirstNumber);
        string free;
        do
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{name}_{number++}");
        }
        while (!_taken.Add(free));

        _next[name] = number;
        return free;
    }
}
