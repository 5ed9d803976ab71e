using Xunit;

namespace TelemetryActors.Cluster.Tests.Story;

/// <summary>A fact that needs PostgreSQL and, if it says so, networks of its own: skipped with the reason where they cannot be had; with <c>REQUIRE_SERVERS=1</c> it runs and fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class StoryFactAttribute : FactAttribute
{
    public StoryFactAttribute(bool needsNetworks = false)
    {
        if (Environment.GetEnvironmentVariable("REQUIRE_SERVERS") != "1")
        {
            Skip = PostgresServer.WhyNot ?? (needsNetworks ? NodeNetwork.WhyNot : null);
        }
    }
}
