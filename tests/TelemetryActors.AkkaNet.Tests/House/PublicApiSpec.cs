using TelemetryActors.Tests.House;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.House;

/// <summary>What the Akka.NET package offers is a reviewed text as well; it is checked where Akka.NET can be restored, and elsewhere the build says aloud that this project is empty.</summary>
public sealed class PublicApiSpec
{
    [Fact]
    public void The_public_api_is_the_reviewed_one() =>
        Snapshot.Check(RepositoryRoot.File("docs", "api", "TelemetryActors.AkkaNet.txt"), PublicApiPrinter.Print(typeof(SystemTelemetry).Assembly));
}
