using System.Globalization;

namespace TelemetryActors.AkkaNet.Tests.Runs;

/// <summary>Lines of a run as another process's ring has them.</summary>
internal static class RunLines
{
    public const string Run = "20260301T120000Z-crawler-0123abcd";

    public static string Start(int sequence, string run = Run) =>
        Line("run_start", """{"agent_name":"crawler","job_type":"nightly"}""", sequence, run);

    public static string End(int sequence, string status = "success", string run = Run) =>
        Line("run_end", $$"""{"status":"{{status}}","duration_ms":12,"metrics":{"items":10} }""", sequence, run);

    public static string Event(int sequence, string run = Run, string instance = "aaaaaaaaaaa") =>
        Line("counted", string.Create(CultureInfo.InvariantCulture, $$"""{"n":{{sequence}}}"""), sequence, run, instance);

    /// <summary>Somebody outside the run ties it to a commit.</summary>
    public static string Commit(string run = Run) =>
        $$"""{"ts":"2026-03-01T12:00:00.000000Z","event":"run_commit","details":{"git_commit_hash":"0123abc"},"run_id":"{{run}}","id":"ccccccccccc-00000000000001"}""";

    public static RunBatchText Batch(params string[] lines) => new(lines);

    private static string Line(string name, string details, int sequence, string run, string instance = "aaaaaaaaaaa") => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"ts":"2026-03-01T12:00:00.000000Z","event":"{{name}}","details":{{details}},"agent":"crawler","run_id":"{{System.Text.Json.JsonEncodedText.Encode(run)}}","run_seq":{{sequence,10}},"id":"{{instance}}-{{sequence:00000000000000}}"}""");
}
