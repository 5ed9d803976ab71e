using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.AkkaNet.Tests.Agents;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests;

public sealed class BusyHostSpec : IDisposable
{
    private const int Threads = 2;

    private readonly string _directory = TestFolder.Create();
    private readonly ManualResetEventSlim _isOver = new();

    [Fact]
    [Trait("Feature", "SK.6")]
    [Trait("Feature", "SK.7")]
    public async Task A_host_whose_actors_have_all_its_threads_still_gets_its_log_its_runs_and_its_flushes()
    {
        using var host = new HostBuilder()
            .ConfigureServices(services => services.AddAkka("busy", akka => akka
                .AddHocon($$"""
                    akka.actor.default-dispatcher {
                      executor = fork-join-executor
                      fork-join-executor { parallelism-min = {{Threads}}, parallelism-factor = 1.0, parallelism-max = {{Threads}} }
                    }
                    """, HoconAddMode.Prepend)
                .WithTelemetryActors(telemetry => (telemetry.BaseDirectory, telemetry.TrackSessions) = (_directory, false))))
            .Build();
        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();
        var telemetry = SystemTelemetry.For(system);
        Assert.IsType<RunBatchTaken>(await BatchAsync(1));
        using var taken = new CountdownEvent(Threads);
        for (var thread = 0; thread < Threads; thread++)
        {
            system.ActorOf(Props.Create(() => new BusyActor(taken, _isOver))).Tell("work");
        }

        Assert.True(taken.Wait(Eventually.DefaultBound));
        for (var number = 0; number < 1000; number++)
        {
            telemetry.Client.Record("counted");
        }

        Eventually.Equal(1001L, () => telemetry.Client.Sinks[0].Delivered);
        Assert.True((await telemetry.Client.FlushAsync()).IsDurable);
        Assert.IsType<RunBatchTaken>(await BatchAsync(2));
        _isOver.Set();
        await host.StopAsync();

        Task<object> BatchAsync(int number) =>
            telemetry.Guardian.Ask<object>(new RunBatch("run-1", number, AgentLine.Of("run-1", number), 1), Eventually.DefaultBound);
    }

    public void Dispose()
    {
        _isOver.Set();
        TestFolder.Delete(_directory);
    }

    /// <summary>An actor of the host that keeps the thread it is on.</summary>
    private sealed class BusyActor : ReceiveActor
    {
        public BusyActor(CountdownEvent taken, ManualResetEventSlim isOver) => ReceiveAny(_ =>
        {
            taken.Signal();
            isOver.Wait();
        });
    }
}
