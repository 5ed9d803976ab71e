using System.Text.Json;
using TelemetryActors.Browsing;
using TelemetryActors.Encoding;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Processes;

/// <summary>What stands in the log files of a base directory, looked at as any reader of lines does, or as our own readers show it.</summary>
internal sealed class WrittenEvents
{
    private readonly Dictionary<(string By, int Producer), List<long>> _numbers = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    public WrittenEvents(string baseDirectory)
    {
        // Without the extension the day's first file comes before its second.
        foreach (var file in Directory.GetFiles(Path.Combine(baseDirectory, "raw"), "*.ndjson").OrderBy(Path.GetFileNameWithoutExtension, StringComparer.Ordinal))
        {
            foreach (var line in File.ReadLines(file))
            {
                Read(line);
            }
        }
    }

    private WrittenEvents(IEnumerable<EventLine> lines)
    {
        foreach (var line in lines)
        {
            Read(System.Text.Encoding.UTF8.GetString(line.Bytes.Span));
        }
    }

    /// <summary>What <c>telemetry show</c> would show of it all: what a failed fsync made its writer write twice is there once.</summary>
    public static WrittenEvents AsShown(string baseDirectory) =>
        new(new EventLogBrowser(DiskFileSystem.Instance, LogSnapshot.Take(DiskFileSystem.Instance, baseDirectory)).All(EventFilter.All));

    /// <summary>Events whose id stood in the files before.</summary>
    public int Doubled { get; private set; }

    public IReadOnlyList<long> Of(string by, int producer) => _numbers.GetValueOrDefault((by, producer)) ?? [];

    /// <summary>Every event that a writer was told is accepted is here, once, in order.</summary>
    public void Hold(string by, IReadOnlyDictionary<int, long> accepted)
    {
        foreach (var (producer, atLeast) in accepted)
        {
            var numbers = Of(by, producer);
            Assert.True(numbers.Count >= atLeast, $"{by}, producer {producer}: {numbers.Count} of {atLeast} events are in the log; {Missing(numbers, atLeast)}");
            for (var i = 0; i < numbers.Count; i++)
            {
                Assert.True(numbers[i] == i + 1, $"{by}, producer {producer}: event {i + 1} is missing, doubled or out of order; {numbers[i]} stands there");
            }
        }

        Assert.Equal(0, Doubled);
    }

    private static string Missing(IReadOnlyCollection<long> numbers, long atLeast)
    {
        var there = numbers.ToHashSet();
        var missing = Enumerable.Range(1, (int)atLeast).Where(number => !there.Contains(number)).ToList();
        return missing.Count == 0 ? "none is missing" : $"from {missing[0]} to {missing[^1]} {missing.Count} are missing";
    }

    private void Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        if (root.TryGetProperty("id", out var id) && !_ids.Add(id.GetString()!))
        {
            Doubled++;
        }

        if (root.GetProperty("event").GetString() != "written")
        {
            return;
        }

        var details = root.GetProperty("details");
        var key = (details.GetProperty("by").GetString()!, details.GetProperty("producer").GetInt32());
        if (!_numbers.TryGetValue(key, out var numbers))
        {
            _numbers[key] = numbers = [];
        }

        numbers.Add(details.GetProperty("n").GetInt64());
    }
}
