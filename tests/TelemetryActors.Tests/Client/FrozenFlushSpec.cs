using TelemetryActors.Pipeline;
using TelemetryActors.Processes;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Tests.Client;

/// <summary>A flush waits for disks and threads, for no clock.</summary>
[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
[Trait("Feature", "S2.13")]
public sealed class FrozenFlushSpec : IDisposable
{
    private const int Starts = 200;
    private const int Flushes = 3;
    private const int LongestPauseBits = 18;

    private static readonly TimeSpan Bound = Eventually.DefaultBound;

    private readonly ClientRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task It_comes_back_at_any_moment_of_a_start_though_no_time_passes()
    {
        var random = new Random(1);

        for (var start = 0; start < Starts; start++)
        {
            await using var client = _rig.Start(options =>
            {
                options.Time = new ManualTime();
                options.TrackSessions = false;
            });

            for (var flush = 0; flush < Flushes; flush++)
            {
                // From right after the start to long after the threads have looked.
                Thread.SpinWait(1 << random.Next(LongestPauseBits));
                Assert.True(client.Record("e", ("start", start)).IsAccepted);
                var flushed = await client.FlushAsync().AsTask().WaitAsync(Bound);

                Assert.True(flushed.IsDurable, $"{flush} of start {start}: {flushed.Reason}");
            }
        }

        Assert.Equal(Starts * Flushes, _rig.Names().Count(name => name == "e"));
    }

    [Fact]
    public async Task It_is_heard_between_the_logs_first_look_for_it_and_the_end_of_the_start()
    {
        using var looked = new ManualResetEvent(initialState: false);
        using var mayReturn = new ManualResetEvent(initialState: false);
        await using var client = _rig.Start(options =>
        {
            options.Time = new ManualTime();
            options.TrackSessions = false;
            var whole = options.Engine;
            options.Engine = (pipeline, environment) => new LateEngine(whole(Telling(pipeline, looked), environment), mayReturn);
        });
        client.Record("e");
        Assert.True(looked.WaitOne(Bound));

        var flush = client.FlushAsync().AsTask();
        mayReturn.Set();

        Assert.True((await flush.WaitAsync(Bound)).IsDurable);
    }

    private static PipelineDefinition Telling(PipelineDefinition pipeline, ManualResetEvent looked) =>
        new(pipeline.Sinks.Select(sink => sink with { Hurry = () => HasLooked(sink.Hurry(), looked) })) { Supervision = pipeline.Supervision };

    private static bool HasLooked(bool hurries, ManualResetEvent looked)
    {
        looked.Set();
        return hurries;
    }
}
