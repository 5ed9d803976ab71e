using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TelemetryActors.Benchmarks.Events;

/// <summary>The hand-written encoder of the raw rows: one event to one UTF-8 JSON line. One instance a thread.</summary>
internal sealed class LineEncoder
{
    /// <summary>No line of the generated input is longer.</summary>
    public const int MaxLineBytes = 512;

    private static readonly SearchValues<char> Plain = SearchValues.Create(PlainCharacters());

    private readonly byte[] _second = new byte[19];
    private long _secondNumber = -1;

    /// <summary>Encodes the event with its line feed; the return value is the line's length.</summary>
    public int Encode(in BenchEvent e, long utcTicks, Span<byte> line)
    {
        var at = 0;
        Copy("{\"ts\":\""u8, line, ref at);
        Timestamp(utcTicks, line, ref at);
        Copy("\",\"event\":"u8, line, ref at);
        Text(e.Name, line, ref at);
        Copy(",\"details\":{\"seq\":"u8, line, ref at);
        Number(e.Seq, line, ref at);
        Copy(",\"tool\":"u8, line, ref at);
        Text(e.Tool, line, ref at);
        Copy(",\"duration_ms\":"u8, line, ref at);
        Number(e.DurationMs, line, ref at);
        Copy(",\"tokens\":"u8, line, ref at);
        Number(e.Tokens, line, ref at);
        Copy(e.Ok ? ",\"ok\":true"u8 : ",\"ok\":false"u8, line, ref at);
        Copy(",\"target\":"u8, line, ref at);
        Text(e.Target, line, ref at);
        Copy("},\"level\":"u8, line, ref at);
        Copy(Level(e.Level), line, ref at);
        Copy(",\"run_id\":"u8, line, ref at);
        Text(e.RunId, line, ref at);
        Copy("}\n"u8, line, ref at);
        return at;
    }

    private void Timestamp(long utcTicks, Span<byte> line, ref int at)
    {
        var (second, rest) = Math.DivRem(utcTicks, TimeSpan.TicksPerSecond);
        if (second != _secondNumber)
        {
            new DateTime(utcTicks, DateTimeKind.Utc).TryFormat(_second, out _, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
            _secondNumber = second;
        }

        Copy(_second, line, ref at);
        line[at] = (byte)'.';
        var micros = (uint)(rest / 10);
        for (var digit = at + 6; digit > at; digit--)
        {
            (micros, var last) = Math.DivRem(micros, 10);
            line[digit] = (byte)('0' + last);
        }

        line[at + 7] = (byte)'Z';
        at += 8;
    }

    private static void Text(string text, Span<byte> line, ref int at)
    {
        line[at++] = (byte)'"';
        if (text.AsSpan().ContainsAnyExcept(Plain))
        {
            Copy(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, line, ref at);
        }
        else
        {
            Ascii.FromUtf16(text, line[at..], out var written);
            at += written;
        }

        line[at++] = (byte)'"';
    }

    private static void Number<T>(T value, Span<byte> line, ref int at)
        where T : IUtf8SpanFormattable
    {
        value.TryFormat(line[at..], out var written, default, CultureInfo.InvariantCulture);
        at += written;
    }

    private static void Copy(ReadOnlySpan<byte> bytes, Span<byte> line, ref int at)
    {
        bytes.CopyTo(line[at..]);
        at += bytes.Length;
    }

    private static ReadOnlySpan<byte> Level(BenchLevel level) => level switch
    {
        BenchLevel.Debug => "\"debug\""u8,
        BenchLevel.Info => "\"info\""u8,
        BenchLevel.Warning => "\"warning\""u8,
        _ => "\"error\""u8,
    };

    private static string PlainCharacters() =>
        new([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c is not ('"' or '\\'))]);
}
