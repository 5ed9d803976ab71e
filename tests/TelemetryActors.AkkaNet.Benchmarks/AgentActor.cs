using System.Runtime.InteropServices;
using Akka.Actor;
using TelemetryActors.AkkaNet.Runs;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>An agent with one run: has a few batches under way, and tells the next when one is answered; a refused one again.</summary>
internal sealed class AgentActor : ReceiveActor
{
    private readonly IActorRef _door;
    private readonly BatchTemplate _template;
    private readonly int _batches;
    private readonly Dictionary<long, RunBatch> _underWay = [];
    private readonly Stack<byte[]> _used = [];
    private IActorRef _asker = ActorRefs.Nobody;
    private int _told;

    public AgentActor(IActorRef door, string name, int number, int batches, int batchEvents, int window)
    {
        _door = door;
        _batches = batches;
        _template = new BatchTemplate($"20260301T120000Z-{name}-{number:x8}", name, batchEvents);
        Receive<Go>(_ =>
        {
            _asker = Sender;
            for (var count = 0; count < window; count++)
            {
                TellNext();
            }
        });
        Receive<RunBatchTaken>(taken =>
        {
            // Whoever had the lines is done with them when it answers.
            if (_underWay.Remove(taken.BatchId, out var batch) && MemoryMarshal.TryGetArray(batch.Lines, out var lines))
            {
                _used.Push(lines.Array!);
            }

            TellNext();
        });
        Receive<RunBatchRefused>(refused => Context.System.Scheduler.ScheduleTellOnce(
            refused.RetryAfter ?? TimeSpan.FromMilliseconds(10), _door, _underWay[refused.BatchId], Self));
    }

    private void TellNext()
    {
        if (_told < _batches)
        {
            var batch = _template.Next(++_told, _used.TryPop(out var used) ? used : null);
            _underWay[batch.BatchId] = batch;
            _door.Tell(batch);
        }
        else if (_underWay.Count == 0)
        {
            _asker.Tell(_told);
        }
    }

    /// <summary>Begin.</summary>
    internal sealed record Go;
}
