using System.Globalization;
using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Sinks.RunPosting;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Tests.Sinks.RunPosting;

/// <summary>The posting of runs, given ends of runs: all else it passes over.</summary>
[Trait("Feature", "S4.13")]
public sealed class RunPostingConformanceSpec : LoopbackConformance
{
    protected override ISink Create()
    {
        var options = new RunPostingOptions { Endpoint = new Uri(Server.Address, "very-hidden/runs"), Token = "very-secret" };
        options.Headers["X-Key"] = "quite-secret";
        return new RunPostingSink(options, () => true, new ManualTime(), transport: null);
    }

    protected override IReadOnlyList<long> Arrived() => [.. Server.Requests.Select(NumberOf)];

    protected override byte[] LineOf(long number) => System.Text.Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"ts\":\"2026-03-01T12:00:00Z\",\"event\":\"run_end\",\"details\":{{\"status\":\"success\"}},\"run_id\":\"run-{number}\",\"id\":\"end-{number}\"}}"));

    protected override IReadOnlyList<string> Secrets => ["very-secret", "quite-secret", "very-hidden"];

    private static long NumberOf(LoopbackRequest request)
    {
        using var run = JsonDocument.Parse(request.Body);
        return long.Parse(run.RootElement.GetProperty("run_id").GetString()!["run-".Length..], CultureInfo.InvariantCulture);
    }
}
