using Xunit;

namespace TelemetryActors.Browsing;

public sealed class EventLogBrowserSpec : IDisposable
{
    private readonly LogDirectory _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Merges_the_files_of_all_slots_by_time_in_both_directions()
    {
        _log.Append("events_20261120.ndjson", LogDirectory.Anchor(0), LogDirectory.Line(1, "a"), LogDirectory.Line(4, "d"));
        _log.Append("events_20261120-s2.ndjson", LogDirectory.Anchor(0, stream: 2), LogDirectory.Line(2, "b"), LogDirectory.Line(5, "e"));
        _log.Append("events_20261120-s3.ndjson", LogDirectory.Line(3, "c"));

        Assert.Equal("abcde", Names(_log.Browser().Last(EventFilter.All, 10)));
        Assert.Equal("cde", Names(_log.Browser().Last(EventFilter.All, 3)));
        Assert.Equal("abcde", string.Concat(_log.Browser().All(EventFilter.All).Select(line => line.Event)));
    }

    [Fact]
    public void Follows_the_anchors_where_a_clock_that_was_set_back_gave_a_new_file_an_old_label()
    {
        _log.Append("events_20261120.ndjson", LogDirectory.Anchor(0), LogDirectory.Line(1, "a"));
        _log.Append("events_20261121.ndjson", LogDirectory.Anchor(100), LogDirectory.Line(2, "b"));
        _log.Append("events_20261120.001.ndjson", LogDirectory.Anchor(200), LogDirectory.Line(3, "c"));

        Assert.Equal("abc", Names(_log.Browser().Last(EventFilter.All, 10)));
    }

    [Fact]
    public void Shows_what_a_failing_disk_made_its_writer_write_twice_once()
    {
        _log.Append("events_20261120.ndjson", LogDirectory.Anchor(0), LogDirectory.Line(1, "a", ",\"id\":\"i-1\""), LogDirectory.Line(2, "b", ",\"id\":\"i-2\""));
        _log.Append("events_20261120.001.ndjson", LogDirectory.Anchor(80), LogDirectory.Line(2, "b", ",\"id\":\"i-2\""), LogDirectory.Line(3, "c", ",\"id\":\"i-3\""));

        Assert.Equal("abc", Names(_log.Browser().Last(EventFilter.All, 10)));
        Assert.Equal("abc", string.Concat(_log.Browser().All(EventFilter.All).Select(line => line.Event)));
    }

    [Fact]
    public void Passes_over_garbage_counts_it_and_leaves_a_line_that_is_being_written()
    {
        _log.Append("events_20261120.ndjson", LogDirectory.Line(1, "a"), "garbage\n", "{\"event\":\"no time\"}\n", LogDirectory.Line(2, "b"), "{\"ts\":\"2026");
        var browser = _log.Browser();

        var names = Names(browser.Last(EventFilter.All, 10));

        Assert.Equal("ab", names);
        Assert.Equal(2, browser.GarbageLines);
    }

    [Fact]
    public void Does_not_open_days_older_than_what_is_asked_for()
    {
        _log.Append("events_20261119.ndjson", "garbage\n");
        _log.Append("events_20261120.ndjson", LogDirectory.Line(1, "a"), LogDirectory.Line(9, "b"));
        var browser = _log.Browser();

        var found = browser.Last(new EventFilter(since: LogDirectory.Noon.AddSeconds(5)), 10);

        Assert.Equal("b", Names(found));
        Assert.Equal(0, browser.GarbageLines);
    }

    [Fact]
    public void Reads_the_last_events_without_reading_the_file()
    {
        _log.Append("events_20261120.ndjson", "garbage at the beginning\n", string.Concat(Enumerable.Range(0, 20_000).Select(i => LogDirectory.Line(i, $"e{i}"))));
        var browser = _log.Browser();

        var found = browser.Last(EventFilter.All, 3_000);

        Assert.Equal(Enumerable.Range(17_000, 3_000).Select(i => $"e{i}"), found.Select(line => line.Event));
        Assert.Equal(0, browser.GarbageLines);
    }

    [Fact]
    public void Lines_longer_than_any_event_are_passed_over_in_both_directions()
    {
        _log.Append("events_20261120.ndjson", LogDirectory.Line(1, "a"), new string('x', 9_000_000) + "\n", LogDirectory.Line(2, "b"));

        Assert.Equal("ab", Names(_log.Browser().Last(EventFilter.All, 10)));
        Assert.Equal("ab", string.Concat(_log.Browser().All(EventFilter.All).Select(line => line.Event)));
    }

    [Fact]
    public void Finds_names_and_runs_that_are_written_with_escapes()
    {
        _log.Append("events_20261120.ndjson", LogDirectory.Line(1, "caf\\u00e9", ",\"run_id\":\"r\\/1\""), LogDirectory.Line(2, "b", ",\"run_id\":\"r2\""));

        Assert.Equal("café", Names(_log.Browser().Last(new EventFilter(eventName: "café"), 10)));
        Assert.Equal("café", Names(_log.Browser().Last(new EventFilter(run: "r/1"), 10)));
        Assert.Equal("b", Names(_log.Browser().Last(new EventFilter(run: "r2"), 10)));
    }

    private static string Names(IEnumerable<Encoding.EventLine> lines) => string.Concat(lines.Select(line => line.Event));
}
