using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Serialization;
using Akka.TestKit;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.AkkaNet.Wire;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Wire;

public sealed class RemoteWireSpec : Akka.TestKit.Xunit2.TestKit
{
    private const string Remoting = """
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        akka { loglevel = WARNING, stdout-loglevel = OFF }
        """;

    public RemoteWireSpec()
        : base(ConfigurationFactory.ParseString(Remoting).WithFallback(EngineSettings.Reference).WithFallback(SpecSettings.Quiet))
    {
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task A_newer_node_s_message_is_logged_once_and_what_follows_arrives()
    {
        var settings = ConfigurationFactory.ParseString($"akka.actor.serializers.telemetryactors = \"{typeof(NewerSerializer).AssemblyQualifiedName}\"");
        var newer = ActorSystem.Create("newer", settings.WithFallback(ConfigurationFactory.ParseString(Remoting)).WithFallback(EngineSettings.Reference));
        var warnings = CreateTestProbe();
        Sys.EventStream.Subscribe(warnings, typeof(Warning));
        var address = ((ExtendedActorSystem)Sys).Provider.DefaultAddress;
        var there = await newer.ActorSelection(new RootActorPath(address) / TestActor.Path.Elements).ResolveOne(Eventually.DefaultBound);

        there.Tell(new RunBatchTaken(1, 1, 0));
        there.Tell(new RunQuery("r-1"));

        Assert.Equal(new RunQuery("r-1"), ExpectMsg<RunQuery>(Eventually.DefaultBound));
        var warning = warnings.ExpectMsg<Warning>(Eventually.DefaultBound);
        Assert.Contains("A message rt9 of TelemetryActors was refused: this node reads ", warning.ToString());
        Assert.False(warnings.HasMessages);
        await newer.Terminate();
    }

    /// <summary>A node of a later release, which writes a layout that nobody here reads.</summary>
    public sealed class NewerSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        private readonly WireSerializer _today = new(system);

        public override int Identifier => WireSerializer.WireIdentifier;

        public override string Manifest(object o) => o is RunBatchTaken ? "rt9" : _today.Manifest(o);

        public override byte[] ToBinary(object obj) => _today.ToBinary(obj);

        public override object FromBinary(byte[] bytes, string manifest) => _today.FromBinary(bytes, manifest);
    }
}
