using System.Diagnostics;
using TelemetryActors.Benchmarks.Measuring;
using TelemetryActors.Privacy;

namespace TelemetryActors.Benchmarks.Tables;

/// <summary>What it costs to see that details hold nothing personal, by the kind of text; the exact scan must not be reached.</summary>
internal static class PrefilterTable
{
    private const int Calls = 1_000_000;
    private const int Rounds = 9;

    // About 100 bytes each.
    private static readonly (string Kind, string Json)[] Texts =
    [
        ("fields of an event", """{"seq":123456,"tool":"search","duration_ms":41.25,"tokens":1830,"ok":true,"target":"/var/lib/crawler"}"""),
        ("a sentence", """{"text":"The crawler has read the whole list and goes on with the next page in a moment or two, as it does."}"""),
        ("a sentence with numbers", """{"text":"took 1834 ms for 250 items of 12000, 3 retries, page 17 of 48, queue 1024, limit 65536, code 200"}"""),
        ("a long number", """{"text":"read 123456789012 bytes of the volume in 41 ms, and wrote 98765432109 of them back to the archive"}"""),
        ("an instant and a path", """{"at":"2026-11-20T23:13:54.123456Z","path":"/var/log/app/2026/11/20/part-00001.ndjson","took":1763680434}"""),
        ("addresses and versions", """{"text":"from 192.168.100.12 to 10.120.130.140 at 2026-11-20 23:13:54, version 10.0.19045.3803, 48.137154 s"}"""),
        ("ids", """{"trace":"550e8400-e29b-41d4-a716-446655440000","run":"20261120T231354Z-agent-1a2b3c4d","span":"00f067aa0b"}"""),
        ("a digest", """{"sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","size":482123,"level":"info"}"""),
    ];

    /// <summary>Measures every text, the median of the rounds, and prints them.</summary>
    public static void Print(TextWriter output)
    {
        var redactor = new Redactor(new RedactionOptions());
        var table = new TextTable($"prefilter, {Calls} calls each", "text", "bytes", "ns", "exact scan");
        var texts = Texts.Select(text => (text.Kind, Bytes: System.Text.Encoding.UTF8.GetBytes(text.Json))).ToList();

        // All of them by turns, so that the compiled code is made for all.
        WarmUp.Repeat(Path.GetTempPath(), _ => texts.ForEach(text => Nanoseconds(redactor, text.Bytes)));
        foreach (var (kind, bytes) in texts)
        {
            var times = Enumerable.Range(0, Rounds).Select(_ => Nanoseconds(redactor, bytes)).Order().ToList();
            table.Add(kind, $"{bytes.Length}", $"{times[Rounds / 2]:0}", redactor.MayHold(bytes) ? "reached" : "-");
        }

        table.WriteTo(output);
    }

    private static double Nanoseconds(Redactor redactor, byte[] bytes)
    {
        var found = 0;
        var watch = Stopwatch.StartNew();
        for (var call = 0; call < Calls; call++)
        {
            found += redactor.MayHold(bytes) ? 1 : 0;
        }

        var time = watch.Elapsed;
        GC.KeepAlive(found);
        return time.TotalNanoseconds / Calls;
    }
}
