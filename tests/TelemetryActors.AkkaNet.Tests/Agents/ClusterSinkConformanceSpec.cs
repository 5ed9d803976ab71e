using System.Collections.Concurrent;
using Akka.Actor;
using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Delivery;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Conformance;

namespace TelemetryActors.AkkaNet.Tests.Agents;

public sealed class ClusterSinkConformanceSpec : SinkConformance, IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("collectors", "akka { loglevel = OFF, stdout-loglevel = OFF }");
    private readonly ConcurrentQueue<RunBatch> _told = [];
    private bool _isBroken;

    public void Dispose() => _system.Dispose();

    protected override ISink Create()
    {
        var runs = _system.ActorOf(Props.Create(() => new TakingActor(
            _told, batch => _isBroken ? new RunBatchRefused(batch.BatchId, "the ring is full", TimeSpan.FromSeconds(1), false) : TakingActor.Take(batch))));
        return new ClusterSink(
            new TestRegion(runs), Eventually.DefaultBound, TimeSpan.FromMinutes(10), new AsideLetters(DiskFileSystem.Instance, "/nowhere", "cluster"), TimeProvider.System);
    }

    protected override IReadOnlyList<long> Arrived() =>
        [.. _told.SelectMany(batch => batch.Lines.ToArray().AsMemory().ToLines()).Select(line => Lines.NumberOf(line))];

    protected override bool TryBreak() => _isBroken = true;

    protected override bool TryMend()
    {
        _isBroken = false;
        return true;
    }
}
