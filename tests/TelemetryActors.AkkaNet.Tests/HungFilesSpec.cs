using Akka.Actor;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests;

/// <summary>A disk that does not answer under the files of a sink and of the writer slots.</summary>
public sealed class HungFilesSpec : IDisposable
{
    private readonly HangingFileSystem _disk = new(DiskFileSystem.Instance);
    private readonly EngineRig _rig = new(new ManualTime());
    private readonly ActorSystem _system = ActorSystem.Create("host", "akka { loglevel = OFF, stdout-loglevel = OFF }");

    public void Dispose()
    {
        _disk.Dispose();
        _system.Dispose();
        _rig.Dispose();
    }

    [Fact]
    [Trait("Feature", "SK.6")]
    [Trait("Feature", "SK.7")]
    public async Task A_system_ends_while_a_disk_hangs_and_the_sink_is_given_back_when_the_disk_answers()
    {
        var directory = _rig.Environment.BaseDirectory;
        var sink = new ActingSink();
        var engine = Start(sink);
        _rig.Source.Append(5);
        Eventually.Equal(5L, () => Kept(directory));

        sink.Act = _disk.Hang;
        _rig.Source.Append(5);
        Eventually.Equal(10L, () => engine.Statuses[0].Delivered);
        Eventually.True(() => _disk.Waiting >= 2, () => _disk.Waiting);
        _ = _system.Terminate();
        await _system.WhenTerminated.WaitAsync(Eventually.DefaultBound);

        Assert.Null(SinkHold.TryTake(DiskFileSystem.Instance, directory, "sink"));
        _disk.Answer();
        SinkHold? taken = null;
        Eventually.True(() => (taken ??= SinkHold.TryTake(DiskFileSystem.Instance, directory, "sink")) is not null);
        taken!.Dispose();
        Assert.Equal(10L, Kept(directory));
    }

    [Fact]
    [Trait("Feature", "SK.6")]
    public async Task An_engine_that_ends_waits_for_a_disk_that_hangs_no_longer_than_its_budget()
    {
        var engine = Start(new RecordingSink());
        _disk.Hang();
        _rig.Source.Append(5);
        Eventually.True(() => _disk.Waiting >= 2, () => _disk.Waiting);

        var isEnded = await engine.StopAsync().WaitAsync(Eventually.DefaultBound);

        Assert.False(isEnded);
    }

    [Fact]
    [Trait("Feature", "SK.6")]
    public async Task A_system_ends_while_the_log_that_a_sink_reads_hangs_and_the_engine_says_that_it_does()
    {
        var source = new HangingSource(_rig.Source);
        var sink = new RecordingSink();
        var engine = Start(sink, source);
        _rig.Source.Append(5);
        Eventually.Equal(5L, () => engine.Statuses[0].Delivered);

        source.Hang();
        _rig.Source.Append(5);
        Eventually.True(() => source.IsHanging);
        var stopped = engine.StopAsync();
        _ = _system.Terminate();
        await _system.WhenTerminated.WaitAsync(Eventually.DefaultBound);

        Assert.False(await stopped.WaitAsync(Eventually.DefaultBound));
        source.Answer();
        Eventually.True(() => !source.IsHanging);
        Assert.Equal(5, sink.Numbers.Count);
    }

    // A log on a disk that hangs.
    private sealed class HangingSource(MemoryEventSource inner) : IEventSource
    {
        private readonly ManualResetEventSlim _answers = new(initialState: true);
        private volatile bool _isHanging;

        public bool IsHanging => _isHanging;

        public int Slot => inner.Slot;

        public Cursor Tail => inner.Tail;

        public void Hang() => _answers.Reset();

        public void Answer() => _answers.Set();

        public EventRead Read(Cursor from, int maxEvents, Span<byte> buffer)
        {
            _isHanging = !_answers.IsSet;
            _answers.Wait();
            _isHanging = false;
            return inner.Read(from, maxEvents, buffer);
        }
    }

    // What it does, happens after its batch was taken up and before the batch's outcome is kept.
    private sealed class ActingSink : RecordingSink
    {
        public volatile Action Act = () => { };

        protected override ValueTask<SinkOutcome> AnswerAsync(SinkBatch batch, CancellationToken cancellation)
        {
            Act();
            return base.AnswerAsync(batch, cancellation);
        }
    }

    private static long Kept(string directory) =>
        new SinkStateFile(DiskFileSystem.Instance, directory, "sink").Load(DateTimeOffset.UnixEpoch, out _).Accounts.Sum(account => account.Delivered);

    // On real clocks: what a system does at its end has timeouts of its own.
    private AkkaEngine Start(RecordingSink sink, IEventSource? source = null)
    {
        var environment = _rig.Environment;
        IEventSource[] sources = [source ?? _rig.Source];
        var pipeline = new PipelineDefinition([EngineRig.Define("sink", sink)])
        {
            Supervision = new SupervisionPolicy { Heartbeat = TimeSpan.FromMilliseconds(100), ShutdownBudget = TimeSpan.FromSeconds(1) },
        };
        var engine = new AkkaEngine(_system, pipeline, environment with
        {
            Files = _disk,
            Sources = () => sources,
            Time = TimeProvider.System,
            OnHeartbeat = () => _disk.Identify(environment.BaseDirectory),
        });
        engine.Start();
        return engine;
    }
}
