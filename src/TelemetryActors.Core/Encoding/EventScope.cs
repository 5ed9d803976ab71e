using System.Globalization;

namespace TelemetryActors.Encoding;

/// <summary>What all events of one origin share, encoded once: agent, session, run; and the run's own counter.</summary>
/// <remarks>The parts are immutable; the run's counter belongs to the ring's lock.</remarks>
internal sealed class EventScope
{
    /// <summary>Width of <c>run_seq</c>: a JSON number with blanks before it, because it is patched in when the line's place is known.</summary>
    public const int RunSequenceWidth = 10;

    /// <param name="agent">Who.</param>
    /// <param name="sessionId">In which session.</param>
    /// <param name="runId">In which run.</param>
    /// <param name="ownsRun">Whether this scope numbers the run's events: only the run's one owner does.</param>
    public EventScope(string? agent, string? sessionId, string? runId, bool ownsRun = true)
    {
        RunId = runId;
        BeforeUser = Encode(("agent", agent), ("session_id", sessionId));
        var tail = new List<byte>();
        if (runId is not null)
        {
            tail.AddRange(Encode(("run_id", runId)));
        }

        if (runId is not null && ownsRun)
        {
            tail.AddRange(",\"run_seq\":"u8);
            tail.AddRange(new byte[RunSequenceWidth]);
            RunSequence = new AsciiCounter(RunSequenceWidth, (byte)' ');
        }

        tail.AddRange(",\"id\":\""u8);
        tail.AddRange(new byte[EventId.Width]);
        tail.AddRange("\"}\n"u8);
        Tail = [.. tail];
    }

    private EventScope(EventLine line, byte[] tail)
    {
        RunId = line.RunId;
        BeforeUser = Encode(("agent", line.Agent), ("session_id", line.SessionId));
        Tail = tail;
    }

    public string? RunId { get; }

    /// <summary><c>,"agent":"...","session_id":"..."</c>, or nothing.</summary>
    public byte[] BeforeUser { get; }

    /// <summary>Everything from <c>run_id</c> to the line feed, with room for the numbers.</summary>
    public byte[] Tail { get; }

    /// <summary>Numbers the run's events; null outside a run.</summary>
    public AsciiCounter? RunSequence { get; }

    /// <summary>Where the id's text begins, counted back from the line's end.</summary>
    public const int IdFromEnd = EventId.Width + 3;

    /// <summary>Where the run's number begins, counted back from the line's end.</summary>
    public const int RunSequenceFromEnd = IdFromEnd + 7 + RunSequenceWidth;

    /// <summary>The scope of one event that was recorded elsewhere: run, number and id stay, and there is nothing to fill in.</summary>
    /// <param name="line">The event.</param>
    /// <param name="id">Its own id, or the one it was given here.</param>
    /// <param name="received">When it was taken.</param>
    public static EventScope OfForeign(in EventLine line, string id, DateTimeOffset received)
    {
        var tail = new List<byte>(Encode(("received_ts", InstantText.Format(line.ReceivedTimestamp ?? received)), ("run_id", line.RunId)));
        if (line.RunSequence is { } sequence)
        {
            tail.AddRange(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"run_seq\":{sequence}")));
        }

        tail.AddRange(Encode(("id", id)));
        tail.AddRange("}\n"u8);
        return new EventScope(line, [.. tail]);
    }

    private static byte[] Encode(params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var encoded = new List<byte>();
        foreach (var (name, value) in parts)
        {
            if (!string.IsNullOrEmpty(value))
            {
                var writer = new LineWriter(new byte[((name.Length + value.Length) * LineWriter.MaxBytesPerChar) + 8]);
                writer.Raw((byte)',');
                writer.Text(name);
                writer.Raw((byte)':');
                writer.Text(value);
                encoded.AddRange(writer.WrittenBytes);
            }
        }

        return [.. encoded];
    }
}
