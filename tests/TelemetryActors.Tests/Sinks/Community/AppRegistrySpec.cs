using TelemetryActors.Sinks.Community;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Tests.Sinks.Community;

[Trait("Feature", "S1.9")]
public sealed class AppRegistrySpec : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly AppIdentity App = new("crawler", "1.2.0", "linux-x64");

    private readonly DirectoryInfo _base = Directory.CreateTempSubdirectory("apps-");

    public void Dispose() => _base.Delete(recursive: true);

    [Fact]
    public void Finds_starts_of_every_slot_also_those_noted_later()
    {
        var reader = New();
        New().Note(1, "instance-01", App, sendsEvents: false, Noon);
        var first = reader.Find("instance-01");

        New().Note(2, "instance-02", App with { Version = "1.3.0" }, sendsEvents: true, Noon);

        Assert.Equal(App, first);
        Assert.Equal("1.3.0", reader.Find("instance-02")?.Version);
        Assert.Null(reader.Find("instance-03"));
    }

    [Fact]
    public void Passes_over_what_is_no_line_of_its_own()
    {
        New().Note(1, "instance-01", App, sendsEvents: false, Noon);
        File.AppendAllText(Path.Combine(_base.FullName, "state", "apps-s1.ndjson"), "{\"instance\":5}\n[]\n{\"inst");

        var found = New().Find("instance-01");

        Assert.Equal(App, found);
    }

    [Fact]
    public void Keeps_the_newer_half_when_it_grows_too_large()
    {
        Directory.CreateDirectory(Path.Combine(_base.FullName, "state"));
        File.WriteAllLines(
            Path.Combine(_base.FullName, "state", "apps-s1.ndjson"),
            Enumerable.Range(0, 12_000).Select(number => $$"""{"instance":"instance-{{number:00000}}","app":"crawler","version":"1.0.0","platform":"linux-x64","sends":"counts"}"""));

        New().Note(1, "instance-new", App, sendsEvents: true, Noon);

        var registry = New();
        Assert.Equal((null, "1.0.0", "1.2.0"), (registry.Find("instance-00000")?.Version, registry.Find("instance-11999")?.Version, registry.Find("instance-new")?.Version));
        Assert.True(registry.SendsEvents());
    }

    [Fact]
    [Trait("Feature", "S3.31")]
    public void What_programs_send_is_what_the_newest_note_says_whatever_its_slot()
    {
        Directory.CreateDirectory(Path.Combine(_base.FullName, "state"));
        Write(1, ("counts", "2026-03-01T12:00:00.000000Z"), ("events", "2026-03-03T12:00:00.000000Z"));
        Write(2, ("events", "2026-03-01T12:00:00.000000Z"), ("counts", "2026-03-02T12:00:00.000000Z"));

        Assert.True(New().SendsEvents());
    }

    private void Write(int slot, params (string Sends, string At)[] notes) => File.WriteAllLines(
        Path.Combine(_base.FullName, "state", $"apps-s{slot}.ndjson"),
        notes.Select((note, index) => $$"""{"at":"{{note.At}}","instance":"{{slot}}-{{index}}","app":"crawler","version":"1.0.0","platform":"linux-x64","sends":"{{note.Sends}}"}"""));

    private AppRegistry New() => new(DiskFileSystem.Instance, _base.FullName);
}
