using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(args);
var port = builder.Configuration.GetValue("Port", 4053);
var journal = builder.Configuration["Journal"] ?? throw new InvalidOperationException("Journal is missing: the connection string of the PostgreSQL that all collectors share.");
var seeds = (builder.Configuration["Seeds"] ?? $"127.0.0.1:{port}").Split(',').Select(seed => $"akka.tcp://telemetry@{seed}").ToArray();

builder.Services.AddAkka("telemetry", akka => akka
    .AddHocon(
        $$"""
        telemetryactors.journal        { connection-string = "{{journal}}", provider-name = "PostgreSQL.15", auto-initialize = off }
        telemetryactors.snapshot-store { connection-string = "{{journal}}", provider-name = "PostgreSQL.15", auto-initialize = off }
        """,
        HoconAddMode.Prepend)
    .WithRemoting("127.0.0.1", port)
    .WithClustering(new ClusterOptions { Roles = ["collector"], SeedNodes = seeds })
    .WithTelemetryActors(telemetry => telemetry.Preset = TelemetryActors.TelemetryPreset.Collector)
    .WithTelemetryCollector());

await builder.Build().RunAsync();
