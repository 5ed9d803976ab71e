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

    // As few threads as a small service has: fewer than sinks that hang.
    private const string FewThreads = """
        akka.actor.default-dispatcher {
          executor = fork-join-executor
          fork-join-executor { parallelism-min = 2, parallelism-factor = 1.0, parallelism-max = 2 }
        }
        """;

    private readonly string _directory = TestFolder.Create();
    private readonly StallingSink[] _hanging = [new(), new(), new()];
    private readonly SpinningSink _spinning = new();
    private readonly HeldSink _unending = new();
    private readonly ThrowingSink _throwing = new(times: int.MaxValue);

    public UnaffectedHostSpec()
        : base(startupTimeout: Eventually.DefaultBound)
    {
    }

    [Fact]
    [Trait("Feature", "SK.6")]
    [Trait("Feature", "SK.7")]
    public void A_host_s_own_actors_get_all_their_messages_while_more_sinks_hang_than_it_has_threads_and_others_throw_and_are_flooded()
    {
        var client = SystemTelemetry.For(Sys).Client;
        var isOver = false;
        var flooder = Sys.ActorOf(Props.Create(() => new FloodingActor(client)));
        flooder.Tell(new FloodingActor.Flood(() => Volatile.Read(ref isOver)), TestActor);
        Eventually.True(() => _hanging.All(sink => sink.Calls > 0) && _throwing.Calls > 0);

        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()));
        for (var ping = 0; ping < Pings; ping++)
        {
            echo.Tell(ping, TestActor);
        }

        Assert.Equal(Enumerable.Range(0, Pings).Cast<object>(), ReceiveN(Pings, TimeSpan.FromSeconds(60)));
        Assert.All(_hanging, sink => Assert.Equal((1, 0), (sink.Calls, sink.Numbers.Count)));
        Volatile.Write(ref isOver, true);
        var flooded = ExpectMsg<FloodingActor.Flooded>(Eventually.DefaultBound);
        Eventually.True(() => client.Sinks[0].Delivered >= flooded.Accepted, () => client.Sinks[0]);
        Assert.True(client.Refused.Values.Sum() >= flooded.Refused);
    }

    [Fact]
    [Trait("Feature", "SK.6")]
    [Trait("Feature", "SK.7")]
    public void The_host_s_system_ends_while_sinks_still_hang_whichever_way_they_do()
    {
        SystemTelemetry.For(Sys).Client.Record("there");
        Eventually.True(() => _hanging.All(sink => sink.Calls > 0) && _spinning.Calls > 0 && _unending.Calls > 0);

        Sys.Terminate();

        Eventually.True(() => Sys.WhenTerminated.IsCompleted);
        Assert.All(_hanging, sink => Assert.Equal((1, 0), (sink.Calls, sink.Numbers.Count)));
        Assert.Equal((1, 0), (_spinning.Calls, _spinning.Numbers.Count));
        Assert.Equal((1, 0), (_unending.Calls, _unending.Numbers.Count));
    }

    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider) => builder.AddHocon(SpecSettings.Quiet, HoconAddMode.Prepend).AddHocon(FewThreads, HoconAddMode.Prepend).WithTelemetryActors(telemetry =>
    {
        telemetry.BaseDirectory = _directory;
        telemetry.TrackSessions = false;
        telemetry.ShutdownBudget = TimeSpan.FromSeconds(1);
        telemetry.Sinks.Add(EngineRig.Define("throwing", _throwing));
        telemetry.Sinks.Add(EngineRig.Define("spinning", _spinning));
        telemetry.Sinks.Add(EngineRig.Define("unending", _unending));
        foreach (var (number, hanging) in _hanging.Index())
        {
            telemetry.Sinks.Add(EngineRig.Define($"hanging-{number}", hanging));
        }
    });

    protected override async Task AfterAllAsync()
    {
        // The system ends first, while they hang: it must not need them.
        await base.AfterAllAsync();
        foreach (var hanging in _hanging)
        {
            hanging.Release();
        }

        _spinning.Release();
        _unending.Release();
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
        private const int MostEvents = 5_000_000;

        public FloodingActor(TelemetryClient client)
        {
            Receive<Flood>(flood =>
            {
                var (accepted, refused) = (0, 0);
                while (!flood.IsOver() && accepted + refused < MostEvents)
                {
                    var isAccepted = client.Record("flood", ("n", accepted)).IsAccepted;
                    (accepted, refused) = isAccepted ? (accepted + 1, refused) : (accepted, refused + 1);
                }

                Sender.Tell(new Flooded(accepted, refused));
            });
        }

        public sealed record Flood(Func<bool> IsOver);

        public sealed record Flooded(int Accepted, int Refused);
    }
}
