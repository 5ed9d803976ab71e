using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Processes;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.1")]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class UnreachableBaseSpec : IDisposable
{
    private const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;

    // Who nobody is on every Linux: root itself can look everywhere.
    private const string Nobody = "65534";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("unreachable-");

    public UnreachableBaseSpec()
    {
        _root.UnixFileMode = Everybody;
        _root.CreateSubdirectory("rings").UnixFileMode = Everybody;
    }

    public void Dispose()
    {
        Closed.UnixFileMode = Everybody;
        _root.Delete(recursive: true);
    }

    private DirectoryInfo Closed => _root.CreateSubdirectory("closed");

    [FactNeeding("setpriv")]
    public void A_program_whose_user_may_not_search_the_base_directory_records_in_memory_and_ends()
    {
        Closed.UnixFileMode = UnixFileMode.None;
        string[] asNobody = NativeFile.EffectiveUser() == 0 ? ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"] : [];

        using var writer = new WriterProcess(Path.Combine(Closed.FullName, "base"), Path.Combine(_root.FullName, "rings"), "shut-out", producers: 1, events: 1, before: asNobody);

        writer.WaitForExit();
        Assert.Equal(1, writer.AcceptedInAll);
    }

    [Fact]
    public void A_relative_base_directory_in_a_working_directory_that_is_gone_is_one_that_cannot_be_used()
    {
        var gone = _root.CreateSubdirectory("gone").FullName;
        string[] inIt = ["sh", "-c", "cd \"$0\" && rmdir \"$0\" && exec \"$@\"", gone];

        using var writer = new WriterProcess("base", Path.Combine(_root.FullName, "rings"), "homeless", producers: 1, events: 1, before: inIt);

        writer.WaitForExit();
        Assert.Equal(1, writer.AcceptedInAll);
    }
}
