using System.Text.Json;

namespace TelemetryActors.Encoding;

/// <summary>One event as it stands in the ring, the log and on the wire, its envelope read and its details left as they are.</summary>
/// <remarks>
/// Holds the line's bytes and does not copy them: valid as long as they are. Text is decoded each time it is asked for. Keys that are not the
/// envelope's are ignored, wherever they stand; the order of keys and blanks do not matter.
/// </remarks>
public readonly struct EventLine
{
    private static readonly byte[] NoDetails = "{}"u8.ToArray();

    private readonly EventLineParts _parts;

    private EventLine(ReadOnlyMemory<byte> line, in EventLineParts parts)
    {
        Bytes = line;
        _parts = parts;
    }

    /// <summary>The whole line.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset Timestamp => _parts.Timestamp;

    /// <summary>The event's name.</summary>
    public string Event => Text(EnvelopeKey.Event) ?? "";

    /// <summary>The details' JSON object.</summary>
    public ReadOnlyMemory<byte> Details => _parts.Values[(int)EnvelopeKey.Details] is { Length: > 0 } range ? range.Of(Bytes) : NoDetails;

    /// <summary>Its severity, if told.</summary>
    public string? Level => Text(EnvelopeKey.Level);

    /// <summary>The agent or service that recorded it, if told.</summary>
    public string? Agent => Text(EnvelopeKey.Agent);

    /// <summary>The session it belongs to, if any.</summary>
    public string? SessionId => Text(EnvelopeKey.SessionId);

    /// <summary>The user it is about, if any.</summary>
    public string? UserId => Text(EnvelopeKey.UserId);

    /// <summary>How many events this one stands for, because the sampler left out the others; 1 when not told.</summary>
    public long Weight => _parts.Weight ?? 1;

    /// <summary>When a collector took it, if one did.</summary>
    public DateTimeOffset? ReceivedTimestamp => _parts.ReceivedTimestamp;

    /// <summary>The run it belongs to, if any.</summary>
    public string? RunId => Text(EnvelopeKey.RunId);

    /// <summary>Its number in its run, if told.</summary>
    public long? RunSequence => _parts.RunSequence;

    /// <summary>Its own id, if it has one.</summary>
    public string? Id => Text(EnvelopeKey.Id);

    /// <summary>Whether it is one of the log's anchors, which are no events.</summary>
    public bool IsAnchor => EventIs("log_anchor"u8);

    /// <summary>Whether its name begins with <c>run_</c>, or might.</summary>
    internal bool MayBeOfRun
    {
        get
        {
            var name = Raw(EnvelopeKey.Event);
            return name.StartsWith("\"run_"u8) || name.Contains((byte)'\\');
        }
    }

    /// <summary>Whether the event belongs to this run; decodes nothing.</summary>
    internal bool IsOf(string runId)
    {
        var value = Raw(EnvelopeKey.RunId);
        if (value.IsEmpty)
        {
            return false;
        }

        var reader = new Utf8JsonReader(value);
        return reader.Read() && reader.ValueTextEquals(runId);
    }

    /// <summary>Whether the event has this name; decodes nothing.</summary>
    public bool EventIs(ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader(_parts.Values[(int)EnvelopeKey.Event].Of(Bytes).Span);
        return reader.Read() && reader.ValueTextEquals(name);
    }

    /// <summary>Reads a line, with or without its line feed.</summary>
    /// <param name="bytes">The line; must not change while the result is used.</param>
    /// <param name="line">The event.</param>
    /// <param name="fault">Why it is none.</param>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, out EventLine line, out LineFault fault)
    {
        line = default;
        fault = JsonLine.CheckText(bytes.Span);
        if (fault != LineFault.None)
        {
            return false;
        }

        var parts = new EventLineParts();
        try
        {
            fault = parts.Read(bytes.Span);
        }
        catch (JsonException)
        {
            fault = JsonLine.WhyUnreadable(bytes.Span);
        }

        line = fault == LineFault.None ? new EventLine(bytes, parts) : default;
        return fault == LineFault.None;
    }

    /// <summary>A key's value as it stands in the line; empty when the key is not there.</summary>
    internal ReadOnlySpan<byte> Raw(EnvelopeKey key) => _parts.Values[(int)key].Of(Bytes).Span;

    private string? Text(EnvelopeKey key)
    {
        var value = _parts.Values[(int)key];
        if (value.Length == 0)
        {
            return null;
        }

        var reader = new Utf8JsonReader(value.Of(Bytes).Span);
        reader.Read();
        return reader.GetString();
    }
}
