using System.Text.Json;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Sinks.Community;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Tests.Sinks.Community;

/// <summary>Community reports that hold counts: of an event only its hour arrives, so each is of an hour of its own, which tells its number.</summary>
[Trait("Feature", "S1.9")]
public sealed class CommunityConformanceSpec : LoopbackConformance
{
    private const string Id = "0011223344556677";

    private static readonly DateTimeOffset First = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _directory = Directory.CreateTempSubdirectory("community-").FullName;

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        Directory.Delete(_directory, recursive: true);
    }

    protected override ISink Create()
    {
        var files = DiskFileSystem.Instance;
        var device = new DeviceIdentityFile(files, _directory, Id);
        return new CommunitySink(
            new CommunitySinkOptions(new Uri(Server.Address, "very-hidden/reports"), () => true, device, new AppRegistry(files, _directory))
            {
                Headers = [new("Authorization", "Bearer very-secret")],
            },
            new ManualTime());
    }

    protected override IReadOnlyList<long> Arrived() => [.. Server.Requests.SelectMany(Numbers)];

    protected override byte[] LineOf(long number) =>
        System.Text.Encoding.UTF8.GetBytes($"{{\"ts\":\"{First.AddHours(number):yyyy-MM-dd'T'HH}:30:00Z\",\"event\":\"work\",\"details\":{{}}}}");

    protected override IReadOnlyList<string> Secrets => ["very-secret", "very-hidden", Id];

    private static List<long> Numbers(LoopbackRequest request)
    {
        using var report = JsonDocument.Parse(request.Body);
        return [.. report.RootElement.GetProperty("counts").EnumerateArray().SelectMany(count =>
            Enumerable.Repeat((long)(count.GetProperty("hour").GetDateTimeOffset() - First).TotalHours, count.GetProperty("events").GetInt32()))];
    }
}
