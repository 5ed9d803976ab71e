using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using TelemetryActors.Events;
using TelemetryActors.Privacy;

namespace TelemetryActors.Encoding;

/// <summary>Turns one event into one UTF-8 JSON line, redacted, on the caller's thread.</summary>
/// <remarks>
/// Thread-safe; each thread has a buffer of its own, so nothing is allocated in steady state. Keys stand in the envelope's order. Details are
/// encoded, looked over by the redactor's prefilter in one pass, and encoded again with a scan of each text where it saw a reason to.
/// A line over the limit keeps its envelope; the details that do not fit are cut and <c>"_truncated":true</c> says so.
/// </remarks>
internal sealed class EventEncoder
{
    /// <summary>Bytes of a line with its line feed, at the most; less in a log behind a small ring.</summary>
    public const int LongestLineBytes = 64 * 1024;

    /// <summary>Characters of an event's name, at the most.</summary>
    public const int MaxNameChars = 256;

    /// <summary>The name of the log's anchors, which are no events: an event of that name would not be shown.</summary>
    public const string AnchorName = "log_anchor";

    private const int FirstBufferBytes = 2048;

    [ThreadStatic]
    private static byte[]? _threadBuffer;

    [ThreadStatic]
    private static TimestampText? _threadTimestamp;

    private readonly ValueEncoder _values;
    private readonly NameCache _eventNames;
    private readonly NameCache _levels;

    /// <param name="redactor">What takes secrets and personal data out; null: nothing is.</param>
    /// <param name="maxLineBytes">Bytes of a line, at the most.</param>
    /// <param name="onNewName">Told of each event name, redacted, that is encoded anew.</param>
    public EventEncoder(Redactor? redactor, int maxLineBytes, Action<string>? onNewName = null)
    {
        _values = new ValueEncoder(redactor);
        _eventNames = new NameCache(name => EncodeEventName(redactor, name, onNewName));
        _levels = new NameCache(level => EncodeLevel(redactor, level));
        MaxLineBytes = maxLineBytes;
    }

    /// <summary>Bytes of a line of this encoder's, at the most.</summary>
    public int MaxLineBytes { get; }

    /// <summary>Why an event of this name cannot be encoded, for people; null when its name is not why.</summary>
    /// <remarks>Asked for each event, so compiled into its caller; the one text that takes making stands elsewhere.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static string? NameFault(string? name) =>
        string.IsNullOrWhiteSpace(name) ? "the event has no name"
        : name.Length > MaxNameChars ? TooLong(name)
        : name == AnchorName ? AnchorName + " is the name of the log's own anchors"
        : null;

    /// <summary>A text as an event would hold it, for what is encoded once for many events.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public string? Clean(string? text)
    {
        if (text is null)
        {
            return null;
        }

        // By the fast look first, as events: a start needs no exact scan to be compiled.
        var writer = new LineWriter(new byte[(text.Length * LineWriter.MaxBytesPerChar) + 2]);
        writer.Text(text);
        return _values.MayHold(writer.WrittenBytes) ? _values.RedactWhole(text).ToString() : text;
    }

    /// <summary>An event of typed fields; here, so that what is generic in it is compiled together with this assembly.</summary>
    public EncodedLine EncodeFields(string? name, ReadOnlySpan<Field> fields, in EventContext context) =>
        Encode(name, new FieldDetails(fields), context);

    public EncodedLine Encode<TDetails>(string? name, TDetails details, in EventContext context)
        where TDetails : IDetails, allows ref struct
    {
        if (NameFault(name) is not null)
        {
            return default;
        }

        // Taken away while it is written to: details may be code of the caller's that records events itself.
        var buffer = _threadBuffer ?? new byte[FirstBufferBytes];
        _threadBuffer = null;
        var line = Encode(ref buffer, name!, details, context);
        _threadBuffer = buffer;
        return line;
    }

    private static string TooLong(string name) =>
        string.Create(CultureInfo.InvariantCulture, $"the event's name has {name.Length} characters, and may have {MaxNameChars}");

    private EncodedLine Encode<TDetails>(ref byte[] buffer, string name, TDetails details, in EventContext context)
        where TDetails : IDetails, allows ref struct
    {
        while (true)
        {
            var writer = new LineWriter(buffer.AsSpan(0, Math.Min(buffer.Length, MaxLineBytes)));
            WriteHead(ref writer, name, context);
            var start = writer.Written;
            WriteDetails(ref writer, details, scan: false);
            if (!writer.IsFull && _values.MayHold(writer.WrittenBytes[start..]))
            {
                writer.Rewind(start);
                WriteDetails(ref writer, details, scan: true);
            }

            WriteTail(ref writer, context);
            if (!writer.IsFull)
            {
                return new EncodedLine(buffer, writer.Written, IsCut: false);
            }

            if (buffer.Length >= MaxLineBytes)
            {
                return EncodeCut(buffer, name, details, context);
            }

            buffer = new byte[Math.Min(buffer.Length * 4, MaxLineBytes)];
        }
    }

    private EncodedLine EncodeCut<TDetails>(byte[] buffer, string name, TDetails details, in EventContext context)
        where TDetails : IDetails, allows ref struct
    {
        var mark = ",\"_truncated\":true"u8;
        var tail = new LineWriter(new byte[MaxLineBytes]);
        WriteTail(ref tail, context);
        var reserve = tail.Written + mark.Length;
        var writer = new LineWriter(buffer.AsSpan(0, Math.Max(MaxLineBytes - reserve, 0)));
        WriteHead(ref writer, name, context);
        var start = writer.Written;
        for (var index = 0; index < details.Count && !writer.IsFull; index++)
        {
            var before = writer.Written;
            details.WriteMember(index, ref writer, _values, scan: true);
            if (writer.IsFull)
            {
                writer.Rewind(before);
                CutText(ref writer, details, index);
                break;
            }
        }

        if (writer.IsFull || tail.IsFull)
        {
            return default;
        }

        var whole = new LineWriter(buffer.AsSpan(0, MaxLineBytes));
        whole.Rewind(writer.Written);
        whole.Raw(writer.Written == start ? mark[1..] : mark);
        whole.Raw(tail.WrittenBytes);
        return new EncodedLine(buffer, whole.Written, IsCut: true);
    }

    // Half of what is left at each try: a character may take six bytes, and nothing is allocated for the guess.
    private void CutText<TDetails>(ref LineWriter writer, TDetails details, int index)
        where TDetails : IDetails, allows ref struct
    {
        if (!details.TryGetText(index, _values, out var name, out var text))
        {
            return;
        }

        var before = writer.Written;
        var whole = _values.RedactWhole(text);
        for (var length = Math.Min(whole.Length, writer.Room); length > 0; length /= 2)
        {
            if (_values.WriteName(ref writer, name, index == 0))
            {
                ValueEncoder.WriteRedacted(ref writer);
            }
            else
            {
                writer.Text(whole[..length]);
            }

            if (!writer.IsFull)
            {
                return;
            }

            writer.Rewind(before);
        }
    }

    private void WriteHead(ref LineWriter writer, string name, in EventContext context)
    {
        writer.Raw((_threadTimestamp ??= new TimestampText()).Of(context.Timestamp));
        writer.Raw(_eventNames.Get(name).Chunk);
    }

    private void WriteDetails<TDetails>(ref LineWriter writer, TDetails details, bool scan)
        where TDetails : IDetails, allows ref struct
    {
        for (var index = 0; index < details.Count && !writer.IsFull; index++)
        {
            details.WriteMember(index, ref writer, _values, scan);
        }
    }

    private void WriteTail(ref LineWriter writer, in EventContext context)
    {
        writer.Raw((byte)'}');
        if (context.Level is not null)
        {
            writer.Raw(_levels.Get(context.Level).Chunk);
        }

        writer.Raw(context.Scope.BeforeUser);
        if (context.UserId is not null)
        {
            writer.Raw(",\"user_id\":"u8);
            writer.Text(context.UserId);
        }

        if (context.Weight != 1)
        {
            writer.Raw(",\"weight\":"u8);
            writer.Number(context.Weight);
        }

        writer.Raw(context.Scope.Tail);
    }

    private static EncodedName EncodeLevel(Redactor? redactor, string level)
    {
        var writer = new LineWriter(new byte[(level.Length * 6) + 32]);
        writer.Raw(",\"level\":"u8);
        WriteClean(ref writer, redactor, level);
        return new EncodedName(level, new Chunk(writer.WrittenBytes), IsSensitive: false);
    }

    private static EncodedName EncodeEventName(Redactor? redactor, string name, Action<string>? onNewName)
    {
        var buffer = new byte[(MaxNameChars * 6) + 32];
        var writer = new LineWriter(buffer);
        writer.Raw("\",\"event\":"u8);
        var clean = WriteClean(ref writer, redactor, name);
        onNewName?.Invoke(clean);
        writer.Raw(",\"details\":{"u8);
        return new EncodedName(name, new Chunk(writer.WrittenBytes), IsSensitive: false);
    }

    // The look before the scan is for the program's first events: the scan's searches would have to be compiled for names that hold nothing.
    private static string WriteClean(ref LineWriter writer, Redactor? redactor, string text)
    {
        var start = writer.Written;
        writer.Text(text);
        if (redactor is not null && redactor.MayHold(writer.WrittenBytes[start..]) && redactor.Redact(text) is { } redacted)
        {
            writer.Rewind(start);
            writer.Text(redacted);
            return redacted;
        }

        return text;
    }
}
