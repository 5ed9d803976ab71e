using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using TelemetryActors.AkkaNet.Runs;

namespace ActorService;

/// <summary>Orders once, asks what became of it and how the service fares, and closes the shop.</summary>
internal sealed class Customer(
    IRequiredActor<OrdersActor> orders, IRequiredActor<RunsKey> runs, HealthCheckService health, IHostApplicationLifetime shop) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var taken = await orders.ActorRef.Ask<OrderTaken>(new Order(3), Patience, stoppingToken);
        var answer = await runs.ActorRef.Ask<RunAnswer>(new RunQuery(taken.RunId), Patience, stoppingToken);
        Console.WriteLine($"order {answer.Record?.Status}");

        var report = await health.CheckHealthAsync(stoppingToken);
        Console.WriteLine($"telemetry {report.Entries["telemetry"].Status}: {report.Entries["telemetry"].Description}");
        shop.StopApplication();
    }
}
