using System.Globalization;
using TelemetryActors.AkkaNet.Runs;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>Makes batches whose lines differ only in their numbers, as cheaply as an agent that has them in its ring.</summary>
internal sealed class BatchTemplate
{
    private const int IdDigits = 14;
    private const int SequenceDigits = 10;

    private readonly string _run;
    private readonly byte[] _lines;
    private readonly int _lineBytes;
    private readonly int _sequenceAt;
    private readonly int _idAt;
    private readonly int _events;
    private long _sequence;

    public BatchTemplate(string run, string agent, int events)
    {
        _run = run;
        _events = events;
        var instance = new string([.. run.Where(char.IsAsciiHexDigitLower).Take(2)]).PadLeft(2, '0') + run[^8..] + (agent.StartsWith("warm", StringComparison.Ordinal) ? 'w' : 'x');
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"ts":"2026-03-01T12:00:00.000000Z","event":"tool_call","details":{"seq":1234567,"tool":"search","duration_ms":12.125,"tokens":512,"ok":true,"target":"https://example.com/a/path/of/some/length"},"level":"info","agent":"{{agent}}","run_id":"{{run}}","run_seq":{{0,SequenceDigits}},"id":"{{instance}}-{{0:00000000000000}}"}""") + "\n";
        var bytes = System.Text.Encoding.ASCII.GetBytes(line);
        _lineBytes = bytes.Length;
        _idAt = bytes.Length - 3 - IdDigits;
        _sequenceAt = line.IndexOf("\"run_seq\":", StringComparison.Ordinal) + "\"run_seq\":".Length;
        _lines = [.. Enumerable.Repeat(bytes, events).SelectMany(each => each)];
    }

    public RunBatch Next(long batchId)
    {
        var lines = _lines.ToArray();
        for (var index = 0; index < _events; index++)
        {
            _sequence++;
            var line = lines.AsSpan(index * _lineBytes, _lineBytes);
            Write(line.Slice(_idAt, IdDigits), _sequence, (byte)'0');
            Write(line.Slice(_sequenceAt, SequenceDigits), _sequence, (byte)' ');
        }

        return new RunBatch(_run, batchId, lines, _events);
    }

    private static void Write(Span<byte> target, long number, byte fill)
    {
        for (var index = target.Length - 1; index >= 0; index--)
        {
            target[index] = number > 0 ? (byte)('0' + (number % 10)) : fill;
            number /= 10;
        }
    }
}
