using System.Globalization;
using TelemetryActors.Delivery;

namespace TelemetryActors.Sinks.S3;

/// <summary>Asks a bucket for the bounds of a time's objects, in as many calls as it takes: what was asked is not asked again.</summary>
/// <remarks>A week of a collector is some ten thousand objects, a request each. For one thread.</remarks>
internal sealed class BoundsSearch(DateTimeOffset from, DateTimeOffset to, string deviceId, TimeProvider time)
{
    // For as long as one call takes, the sink's new events wait, and so does its end.
    private static readonly TimeSpan OneCall = TimeSpan.FromSeconds(2);

    private readonly Queue<string> _paths = new();
    private readonly List<EventRange> _found = [];
    private Queue<string>? _folders;

    /// <summary>Whether all was asked.</summary>
    public bool IsOver => _folders is { Count: 0 } && _paths.Count == 0;

    /// <summary>The bounds that were found, in the order of their streams; they may overlap.</summary>
    public IReadOnlyList<EventRange> Found => [.. _found.OrderBy(range => range.Start.Stream.Value).ThenBy(range => range.Start.Ordinal)];

    /// <summary>Whether it is about this time.</summary>
    public bool IsFor(DateTimeOffset start, DateTimeOffset end) => (start, end) == (from, to);

    /// <summary>Goes on for a while, at least by one step.</summary>
    public async Task GoOnAsync(BucketObjects objects, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        _folders ??= new Queue<string>(await objects.FoldersAsync(cancellation));
        while (!IsOver)
        {
            await StepAsync(objects, cancellation);
            if (time.GetElapsedTime(began) > OneCall)
            {
                return;
            }
        }
    }

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_folders?.Count} days and {_paths.Count} objects are still to be asked");

    private async Task StepAsync(BucketObjects objects, CancellationToken cancellation)
    {
        if (_folders!.TryPeek(out var folder))
        {
            foreach (var stored in await objects.ListAsync(folder, from, to, deviceId, cancellation))
            {
                _paths.Enqueue(stored.Path);
            }

            _folders.Dequeue();
            return;
        }

        var bounds = await Task.WhenAll(_paths.Take(BucketObjects.AtOnce).Select(path => objects.BoundsAsync(path, cancellation)));
        _found.AddRange(bounds.OfType<EventRange>());
        Array.ForEach(bounds, _ => _paths.Dequeue());
    }
}
