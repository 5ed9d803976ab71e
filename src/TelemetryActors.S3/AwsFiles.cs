namespace TelemetryActors.Sinks.S3;

/// <summary>The files in which the SDK looks for credentials and regions.</summary>
internal static class AwsFiles
{
    /// <summary>Which of them a message of the SDK speaks of; null: none. The message itself may quote a secret.</summary>
    public static string? NamedIn(string message) => All().FirstOrDefault(path =>
        message.Contains(path, StringComparison.Ordinal) || message.Contains(System.IO.Path.GetFullPath(path), StringComparison.Ordinal));

    private static IEnumerable<string> All() => [Path("AWS_SHARED_CREDENTIALS_FILE", "credentials"), Path("AWS_CONFIG_FILE", "config")];

    private static string Path(string variable, string name) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path
        ? path
        : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aws", name);
}
