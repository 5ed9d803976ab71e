namespace TelemetryActors.Engine;

/// <summary>Where a sink's files are.</summary>
internal static class SinkPaths
{
    public static string StateDirectory(string baseDirectory) => Path.Combine(baseDirectory, "state", "sinks");

    public static string CommandDirectory(string baseDirectory) => Path.Combine(baseDirectory, "state", "commands");

    public static string DeadDirectory(string baseDirectory) => Path.Combine(baseDirectory, "dead");

    public static string State(string baseDirectory, string sink) => Path.Combine(StateDirectory(baseDirectory), $"{sink}.json");

    public static string Lock(string baseDirectory, string sink) => Path.Combine(StateDirectory(baseDirectory), $"{sink}.lock");

    /// <summary>The second lock, under a name that who deletes locks does not think of.</summary>
    public static string Owner(string baseDirectory, string sink) => Path.Combine(StateDirectory(baseDirectory), $"{sink}.owner");

    /// <summary>What was thrown away for whom.</summary>
    public static string Receipts(string baseDirectory, string sink) => Path.Combine(baseDirectory, "state", "receipts", $"{sink}.ndjson");

    public static string Commands(string baseDirectory, string sink) => Path.Combine(CommandDirectory(baseDirectory), $"{sink}.ndjson");

    /// <summary>Dead letters that were taken out for a retry or a purge; not named as a dead letter file, so that nobody takes it for one.</summary>
    public static string TakenLetters(string baseDirectory, string sink, Pipeline.StreamId stream) =>
        Path.Combine(DeadDirectory(baseDirectory), TakenPrefix(sink) + stream);

    /// <summary>How the names of a sink's taken files begin; the stream follows.</summary>
    public static string TakenPrefix(string sink) => $"{sink}.taken-";

    public static string DeadLetters(string baseDirectory, string sink) => Path.Combine(DeadDirectory(baseDirectory), $"{sink}.ndjson");
}
