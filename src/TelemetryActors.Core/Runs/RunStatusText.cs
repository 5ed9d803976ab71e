namespace TelemetryActors.Runs;

/// <summary>The words for <see cref="RunStatus"/>: lower case when stored, any case and the known aliases when read (D.10, D.13).</summary>
public static class RunStatusText
{
    private static readonly string[] Words = ["running", "success", "failed", "partial", "timeout", "cancelled", "abandoned"];

    private static readonly Dictionary<string, RunStatus> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["running"] = RunStatus.Running,
        ["success"] = RunStatus.Success,
        ["succeeded"] = RunStatus.Success,
        ["completed"] = RunStatus.Success,
        ["failed"] = RunStatus.Failed,
        ["failure"] = RunStatus.Failed,
        ["partial"] = RunStatus.Partial,
        ["timeout"] = RunStatus.Timeout,
        ["cancelled"] = RunStatus.Cancelled,
        ["abandoned"] = RunStatus.Abandoned,
    };

    /// <summary>The stored word.</summary>
    public static string ToText(this RunStatus status) => Words[(int)status];

    /// <summary>Whether no later line can change it: every end but <see cref="RunStatus.Abandoned"/>.</summary>
    public static bool IsFinal(this RunStatus status) => status is not (RunStatus.Running or RunStatus.Abandoned);

    /// <summary>Reads a word or an alias.</summary>
    public static bool TryParse(string? text, out RunStatus status) => Known.TryGetValue(text?.Trim() ?? "", out status);
}
