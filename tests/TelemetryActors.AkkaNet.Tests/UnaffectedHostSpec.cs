using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TelemetryActors.Pipeline;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests;

public sealed class UnaffectedHostSpec : Akka.Hosting.TestKit.TestKit
{
    private const int Pings = 20_000;

    private readonly string _directory = TestFolder.Create();
    private readonly StallingSink _hanging = new();
    private readonly ThrowingSink _throwing = new(times: int.MaxValue);

    [Fact]
    [Trait("Feature", "SK.6")]
    [Trait("Feature", "SK.7")]
    public void A_host_s_own_actors_get_all_their_messages_while_sinks_throw_hang_and_are_flooded()
    {
        var client = SystemTelemetry.For(Sys).Client;
        var flooding = new FloodingActor.Flood(200_000);
        var flooder = Sys.ActorOf(Props.Create(() => new FloodingActor(client)));
        flooder.Tell(flooding, TestActor);
        Eventually.True(() => _hanging.Calls > 0 && _throwing.Calls > 0);

        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()));
        for (var ping = 0; ping < Pings; ping++)
        {
            echo.Tell(ping, TestActor);
        }

        var answers = ReceiveN(Pings + 1, TimeSpan.FromSeconds(60));
        Assert.Equal(Enumerable.Range(0, Pings), answers.OfType<int>());
        var flooded = Assert.Single(answers.OfType<FloodingActor.Flooded>());
        Assert.Equal(flooding.Events, flooded.Accepted + flooded.Refused);
        Eventually.True(() => client.Sinks[0].Delivered >= flooded.Accepted, () => client.Sinks[0]);
        Assert.True(client.Refused.Values.Sum() >= flooded.Refused);
        _hanging.Release();
    }

    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider) => builder.WithTelemetryActors(telemetry =>
    {
        telemetry.BaseDirectory = _directory;
        telemetry.TrackSessions = false;
        telemetry.Sinks.Add(EngineRig.Define("throwing", _throwing));
        telemetry.Sinks.Add(EngineRig.Define("hanging", _hanging));
    });

    protected override async Task AfterAllAsync()
    {
        await base.AfterAllAsync();
        TestFolder.Delete(_directory);
    }

    /// <summary>An actor of the host that answers what it is told.</summary>
    private sealed class EchoActor : ReceiveActor
    {
        public EchoActor() => Receive<int>(number => Sender.Tell(number));
    }

    /// <summary>An actor of the host that records without pause.</summary>
    private sealed class FloodingActor : ReceiveActor
    {
        public FloodingActor(TelemetryClient client)
        {
            Receive<Flood>(flood =>
            {
                var accepted = 0;
                for (var number = 0; number < flood.Events; number++)
                {
                    accepted += client.Record("flood", ("n", number)).IsAccepted ? 1 : 0;
                }

                Sender.Tell(new Flooded(accepted, flood.Events - accepted));
            });
        }

        public sealed record Flood(int Events);

        public sealed record Flooded(int Accepted, int Refused);
    }
}
