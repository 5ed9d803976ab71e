using TelemetryActors.Configuration;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Tests.Configuration;

[Trait("Feature", "S1.13")]
public sealed class DeviceIdentityFileSpec : IDisposable
{
    private readonly DirectoryInfo _base = Directory.CreateTempSubdirectory("telemetry-device-");

    private string FilePath => Path.Combine(_base.FullName, "state", "device.json");

    [Fact]
    public void Is_made_once_an_installation()
    {
        var first = Open().Load();

        var second = Open().Load();

        Assert.Equal(first.Id, second.Id);
        Assert.Equal(first.AnonymousId, second.AnonymousId);
    }

    [Fact]
    public void Differs_from_one_installation_to_the_next()
    {
        var ids = new[] { Open().Load(), new DeviceIdentityFile(DiskFileSystem.Instance, Path.Combine(_base.FullName, "other"), null).Load() };

        Assert.NotEqual(ids[0].Id, ids[1].Id);
        Assert.NotEqual(ids[0].Salt.ToArray(), ids[1].Salt.ToArray());
    }

    [Fact]
    public void Takes_the_owners_id_and_keeps_the_salt()
    {
        var salt = Open().Load().Salt.ToArray();

        var named = Open("build-7").Load();

        Assert.Equal("build-7", named.Id);
        Assert.Equal(salt, named.Salt.ToArray());
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void Is_readable_by_its_owner_only()
    {
        Open().Load();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void Leaves_a_damaged_file_as_it_is()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, """{"device_id":"x","salt":"not hex"}""");

        var fault = Assert.Throws<InvalidDataException>(() => Open().Load());

        Assert.Contains(FilePath, fault.Message);
        Assert.Equal("""{"device_id":"x","salt":"not hex"}""", File.ReadAllText(FilePath));
    }

    [Fact]
    public void An_anonymous_id_says_nothing_of_the_id_without_the_salt()
    {
        var one = new DeviceIdentity("laptop", new byte[] { 1 });
        var two = new DeviceIdentity("laptop", new byte[] { 2 });

        Assert.Matches("^[0-9a-f]{64}$", one.AnonymousId);
        Assert.NotEqual(one.AnonymousId, two.AnonymousId);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("a/b", false)]
    [InlineData("a_b", false)]
    [InlineData("host-1.example", true)]
    public void An_id_can_be_part_of_an_objects_name(string text, bool isId) => Assert.Equal(isId, DeviceIdentity.IsId(text));

    public void Dispose() => _base.Delete(recursive: true);

    private DeviceIdentityFile Open(string? givenId = null) => new(DiskFileSystem.Instance, _base.FullName, givenId);
}
