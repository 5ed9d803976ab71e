using TelemetryActors.Client;
using Xunit;

namespace TelemetryActors.Tests.Client;

[Trait("Feature", "S4.10")]
public sealed class RunCommitsSpec
{
    [Fact]
    public void A_working_directory_that_was_deleted_ties_a_run_to_nothing()
    {
        var commits = new RunCommits(() => throw new DirectoryNotFoundException("gone"), (_, _, _) => Assert.Fail("tied"));

        Assert.Null(commits.Label("run", null));
    }
}
