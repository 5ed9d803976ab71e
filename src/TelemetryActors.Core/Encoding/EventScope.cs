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
        BeforeUser = Encode("agent", agent, "session_id", sessionId);
        ReadOnlySpan<byte> run = runId is null ? [] : Encode("run_id", runId);
        ReadOnlySpan<byte> number = runId is not null && ownsRun ? ",\"run_seq\":          "u8 : [];
        if (!number.IsEmpty)
        {
            RunSequence = new AsciiCounter(RunSequenceWidth, (byte)' ');
        }

        var idAndEnd = ",\"id\":\""u8.Length + EventId.Width;
        Tail = new byte[run.Length + number.Length + idAndEnd + "\"}\n"u8.Length];
        run.CopyTo(Tail);
        number.CopyTo(Tail.AsSpan(run.Length));
        ",\"id\":\""u8.CopyTo(Tail.AsSpan(run.Length + number.Length));
        "\"}\n"u8.CopyTo(Tail.AsSpan(run.Length + number.Length + idAndEnd));
    }

    private EventScope(EventLine line, byte[] tail)
    {
        RunId = line.RunId;
        BeforeUser = Encode("agent", line.Agent, "session_id", line.SessionId);
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
        var tail = new List<byte>(Encode("received_ts", InstantText.Format(line.ReceivedTimestamp ?? received), "run_id", line.RunId));
        if (line.RunSequence is { } sequence)
        {
            tail.AddRange(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"run_seq\":{sequence}")));
        }

        tail.AddRange(Encode("id", id));
        tail.AddRange("}\n"u8);
        return new EventScope(line, [.. tail]);
    }

    // Plain parameters and arrays: a scope is made before the first event, and what lists and tuples need would have to be compiled by then.
    private static byte[] Encode(string name, string? value, string otherName = "", string? otherValue = null)
    {
        var chars = name.Length + (value?.Length ?? 0) + otherName.Length + (otherValue?.Length ?? 0);
        var writer = new LineWriter(new byte[(chars * LineWriter.MaxBytesPerChar) + 16]);
        Write(ref writer, name, value);
        Write(ref writer, otherName, otherValue);
        return writer.WrittenBytes.ToArray();
    }

    private static void Write(ref LineWriter writer, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            writer.Raw((byte)',');
            writer.Text(name);
            writer.Raw((byte)':');
            writer.Text(value);
        }
    }
}
