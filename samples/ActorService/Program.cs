using ActorService;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TelemetryActors.AkkaNet;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddTelemetryActors(telemetry => telemetry.RunOnActors());
builder.Services.AddAkka("shop", akka => akka
    .WithTelemetryActors()
    .WithActors((system, registry, resolver) =>
    {
        registry.Register<ParcelsActor>(system.ActorOf(ParcelsActor.Props(), "parcels"));
        registry.Register<OrdersActor>(system.ActorOf(resolver.Props<OrdersActor>(), "orders"));
    }));
builder.Services.AddHealthChecks().AddTelemetryActors();
builder.Services.AddHostedService<Customer>();
await builder.Build().RunAsync();
