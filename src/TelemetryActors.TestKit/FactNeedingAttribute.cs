using Xunit;

namespace TelemetryActors.TestKit;

/// <summary>A fact that needs a program of the system: reported as skipped, with its name, where there is none; with <c>REQUIRE_SERVERS=1</c> it runs and fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactNeedingAttribute : FactAttribute
{
    /// <param name="program">The program's name, looked for in <c>PATH</c>.</param>
    public FactNeedingAttribute(string program)
    {
        Program = program;
        if (!IsThere(program) && Environment.GetEnvironmentVariable("REQUIRE_SERVERS") != "1")
        {
            Skip = $"{program} is not installed";
        }
    }

    /// <summary>What is needed.</summary>
    public string Program { get; }

    private static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, program)));
}
