using TelemetryActors.Configuration;
using TelemetryActors.Storage;
using TelemetryActors.Tests.House;
using Xunit;

namespace TelemetryActors.Tests.Configuration;

[Trait("Feature", "S2.61")]
[Trait("Feature", "D.9")]
public sealed class ConsentTextSpec : IDisposable
{
    // Of each version that was released, never changed: who agreed agreed to that text. A changed text gets a further line.
    private static readonly Dictionary<string, string> Released = new()
    {
        ["2"] = "bd564b89d96986c7425ddf3ac50fb98c14699ae597db29f1f3c3c9c1785cf0c7",
    };

    private readonly DirectoryInfo _base = Directory.CreateTempSubdirectory("consent-text-");

    public void Dispose() => _base.Delete(recursive: true);

    [Fact]
    public void Another_text_has_another_version()
    {
        Assert.True(
            Released.GetValueOrDefault(ConsentText.Version) == ConsentText.Sha256,
            $"The text of version {ConsentText.Version} is not the one that was released under it: give it a new version here and in {nameof(ConsentText)}. Its hash is {ConsentText.Sha256}.");
        Assert.Contains($"version {ConsentText.Version}\n", ConsentText.Current, StringComparison.Ordinal);
        Assert.All(ConsentText.Current.Split('\n'), line => Assert.InRange(line.Length, 0, 110));
    }

    [Fact]
    public void The_privacy_page_holds_it()
    {
        var page = File.ReadAllText(RepositoryRoot.File("docs", "privacy.md"));

        Assert.Contains(ConsentText.Current, page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_decision_keeps_version_and_hash_of_the_text_it_was_about()
    {
        var store = new ConsentStore(DiskFileSystem.Instance, _base.FullName, TimeProvider.System);

        Assert.Null(store.Grant("jane"));
        var granted = store.Current;
        Assert.Null(store.Grant("jane", "of a program's own"));
        var ofOwn = store.Current;
        Assert.Null(store.Deny("jane"));

        Assert.Equal((true, ConsentText.Version, ConsentText.Sha256), (granted.IsGranted, granted.TextVersion, granted.TextSha256));
        Assert.Equal((true, "of a program's own", null), (ofOwn.IsGranted, ofOwn.TextVersion, ofOwn.TextSha256));
        Assert.Equal((false, ConsentText.Version, ConsentText.Sha256), (store.Current.IsGranted, store.Current.TextVersion, store.Current.TextSha256));
    }
}
