using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests;

public sealed class AkkaHostingSpec : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("telemetryactors-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    [Trait("Feature", "SK.7")]
    public async Task A_service_of_actors_records_with_one_line_and_its_sinks_and_its_event_log_get_all()
    {
        var sink = new TextSink();
        using var host = new HostBuilder()
            .ConfigureServices(services => services.AddAkka("agents", akka => akka.WithTelemetryActors(telemetry =>
            {
                telemetry.BaseDirectory = _directory;
                telemetry.Sinks.Add(EngineRig.Define("mine", sink));
            })))
            .Build();
        await host.StartAsync();
        var telemetry = SystemTelemetry.For(host.Services.GetRequiredService<ActorSystem>());

        for (var number = 0; number < 100; number++)
        {
            telemetry.Client.Record("counted", ("n", number));
        }

        var sent = await telemetry.Client.FlushSinksAsync(TimeSpan.FromSeconds(20), "mine");
        var flushed = await telemetry.Client.FlushAsync();
        await host.StopAsync();
        Assert.True(sent);
        Assert.True(flushed.IsDurable, flushed.ToString());
        Assert.Equal(100, Directory.GetFiles(Path.Combine(_directory, "raw")).SelectMany(File.ReadLines).Count(line => line.Contains("\"counted\"")));
        Assert.Equal(100, sink.Lines.Count(line => line.Contains("\"counted\"")));
        Assert.All(telemetry.Client.Sinks, status => Assert.Equal(CircuitState.Closed, status.Circuit.State));
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    [Trait("Feature", "SK.9")]
    public async Task The_registry_holds_the_guardian()
    {
        using var host = new HostBuilder()
            .ConfigureServices(services => services.AddAkka("agents", akka => akka.WithTelemetryActors(telemetry => telemetry.BaseDirectory = _directory)))
            .Build();
        await host.StartAsync();

        var guardian = host.Services.GetRequiredService<IRequiredActor<TelemetryKey>>().ActorRef;

        Assert.Equal("/user/telemetry", guardian.Path.ToStringWithoutAddress());
        await host.StopAsync();
    }
}
