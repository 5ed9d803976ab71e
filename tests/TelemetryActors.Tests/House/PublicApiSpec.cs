using Xunit;

namespace TelemetryActors.Tests.House;

/// <summary>What the packages offer is a reviewed text: a change of it is seen in the diff.</summary>
public sealed class PublicApiSpec
{
    [Theory]
    [InlineData("TelemetryActors.Core")]
    [InlineData("TelemetryActors")]
    [InlineData("TelemetryActors.Hosting")]
    [InlineData("TelemetryActors.S3")]
    [InlineData("TelemetryActors.Sqlite")]
    [InlineData("TelemetryActors.TestKit")]
    public void The_public_api_is_the_reviewed_one(string assembly)
    {
        var loaded = System.Reflection.Assembly.Load(assembly);

        Snapshot.Check(RepositoryRoot.File("docs", "api", assembly + ".txt"), PublicApiPrinter.Print(loaded));
    }
}
