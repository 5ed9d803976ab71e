using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using TelemetryActors.AkkaNet.Runs;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>Makes batches whose lines differ only in their numbers, as cheaply as an agent that has them in its ring.</summary>
internal sealed class BatchTemplate
{
    // The first number has so many digits, and so has the last.
    private const int Digits = 10;
    private const long First = 1_000_000_000;

    private static readonly StandardFormat Format = new('D', Digits);

    private readonly string _run;
    private readonly byte[] _lines;
    private readonly int _lineBytes;
    private readonly int _sequenceAt;
    private readonly int _idAt;
    private readonly int _events;
    private long _sequence = First;

    public BatchTemplate(string run, string agent, int events)
    {
        _run = run;
        _events = events;
        var instance = new string([.. run.Where(char.IsAsciiHexDigitLower).Take(2)]).PadLeft(2, '0') + run[^8..] + (agent.StartsWith("warm", StringComparison.Ordinal) ? 'w' : 'x');
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"ts":"2026-03-01T12:00:00.000000Z","event":"tool_call","details":{"seq":1234567,"tool":"search","duration_ms":12.125,"tokens":512,"ok":true,"target":"https://example.com/a/path/of/some/length"},"level":"info","agent":"{{agent}}","run_id":"{{run}}","run_seq":{{First}},"id":"{{instance}}-{{First:00000000000000}}"}""") + "\n";
        var bytes = System.Text.Encoding.ASCII.GetBytes(line);
        _lineBytes = bytes.Length;
        _idAt = bytes.Length - 3 - Digits;
        _sequenceAt = line.IndexOf("\"run_seq\":", StringComparison.Ordinal) + "\"run_seq\":".Length;
        _lines = [.. Enumerable.Repeat(bytes, events).SelectMany(each => each)];
    }

    /// <param name="batchId">Its number.</param>
    /// <param name="used">The lines of an earlier one that was answered, to be written over; null: a new buffer.</param>
    public RunBatch Next(long batchId, byte[]? used)
    {
        var lines = used ?? [.. _lines];
        for (var index = 0; index < _events; index++)
        {
            var line = lines.AsSpan(index * _lineBytes, _lineBytes);
            var id = line.Slice(_idAt, Digits);
            Utf8Formatter.TryFormat(++_sequence, id, out _, Format);
            id.CopyTo(line[_sequenceAt..]);
        }

        return new RunBatch(_run, batchId, lines, _events);
    }
}
