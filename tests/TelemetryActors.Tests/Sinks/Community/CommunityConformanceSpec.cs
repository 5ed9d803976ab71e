using System.Text.Json;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Sinks.Community;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Conformance;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Tests.Sinks.Community;

/// <summary>Community reports that hold counts: of an event only its hour arrives, so each is of an hour of its own, which tells its number.</summary>
[Trait("Feature", "S1.9")]
public sealed class CommunityConformanceSpec : SinkConformance, IDisposable
{
    private const string Id = "0011223344556677";

    private static readonly DateTimeOffset First = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _directory = Directory.CreateTempSubdirectory("community-").FullName;
    private readonly LoopbackHttpServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    protected override ISink Create()
    {
        var files = DiskFileSystem.Instance;
        var device = new DeviceIdentityFile(files, _directory, Id);
        return new CommunitySink(
            new CommunitySinkOptions(new Uri(_server.Address, "very-hidden/reports"), () => true, device, new AppRegistry(files, _directory))
            {
                Headers = [new("Authorization", "Bearer very-secret")],
            },
            new ManualTime());
    }

    protected override IReadOnlyList<long> Arrived() => [.. _server.Requests.SelectMany(Numbers)];

    protected override byte[] LineOf(long number) =>
        System.Text.Encoding.UTF8.GetBytes($"{{\"ts\":\"{First.AddHours(number):yyyy-MM-dd'T'HH}:30:00Z\",\"event\":\"work\",\"details\":{{}}}}");

    protected override IReadOnlyList<string> Secrets => ["very-secret", "very-hidden", Id];

    protected override bool TryBreak()
    {
        _server.AnswerWith(500);
        return true;
    }

    protected override bool TryMend()
    {
        _server.AnswerWith(200);
        return true;
    }

    protected override IDisposable TryHang() => _server.Hold();

    private static List<long> Numbers(LoopbackRequest request)
    {
        using var report = JsonDocument.Parse(request.Body);
        return [.. report.RootElement.GetProperty("counts").EnumerateArray().SelectMany(count =>
            Enumerable.Repeat((long)(count.GetProperty("hour").GetDateTimeOffset() - First).TotalHours, count.GetProperty("events").GetInt32()))];
    }
}
