using TelemetryActors.Client;
using TelemetryActors.Events;
using TelemetryActors.Recording;
using TelemetryActors.Tests.Privacy;
using Xunit;

namespace TelemetryActors.Tests.Client;

[Trait("Feature", "S3.2")]
public sealed class GlobalTelemetrySpec : IDisposable
{
    private readonly ClientRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    [Trait("Feature", "S3.3")]
    public void Without_a_client_nothing_happens_and_the_result_says_so()
    {
        using var none = Telemetry.Override(null);

        var result = Telemetry.Record("work", ("step", 1));

        Assert.Equal((DropReason.Disabled, "no global client is set"), (result.Reason, result.Detail));
        Assert.Equal(DropReason.Disabled, Telemetry.RecordFields("work").Reason);
    }

    [Fact]
    [Trait("Feature", "D.12")]
    public void A_client_is_set_once()
    {
        using var first = _rig.Start();
        using var second = _rig.Start();
        var global = new GlobalClient();

        var answers = (global.TrySet(first), global.TrySet(second));

        Assert.Equal((true, false), answers);
        Assert.Same(first, global.Current);
    }

    [Fact]
    [Trait("Feature", "D.12")]
    public async Task An_override_holds_for_its_flow_of_calls_alone()
    {
        using var telemetry = _rig.Start();
        var isOverridden = new TaskCompletionSource();
        var isSeen = new TaskCompletionSource();

        var other = Other();
        await isOverridden.Task;
        var outside = Telemetry.Current;
        isSeen.SetResult();

        Assert.Same(telemetry, await other);
        Assert.NotSame(telemetry, outside);

        async Task<TelemetryClient?> Other()
        {
            using (Telemetry.Override(telemetry))
            {
                isOverridden.SetResult();
                await isSeen.Task;
                return Telemetry.Current;
            }
        }
    }

    [Fact]
    [Trait("Feature", "D.12")]
    public void Overrides_end_in_any_order_and_more_than_once()
    {
        using var first = _rig.Start();
        using var second = _rig.Start();
        var before = Telemetry.Current;
        var outer = Telemetry.Override(first);
        var inner = Telemetry.Override(second);

        outer.Dispose();
        var whileInner = Telemetry.Current;
        inner.Dispose();
        var after = Telemetry.Current;
        using var later = Telemetry.Override(first);
        inner.Dispose();

        Assert.Same(second, whileInner);
        Assert.Same(before, after);
        Assert.Same(first, Telemetry.Current);
    }

    [Fact]
    [Trait("Feature", "D.12")]
    public void Overrides_stand_inside_each_other()
    {
        using var telemetry = _rig.Start();

        using (Telemetry.Override(telemetry))
        {
            using (Telemetry.Override(null))
            {
                Assert.Null(Telemetry.Current);
            }

            Assert.Same(telemetry, Telemetry.Current);
        }
    }

    [Fact]
    public void Records_from_anywhere_without_allocating()
    {
        using var telemetry = _rig.Start();
        using var flow = Telemetry.Override(telemetry);

        var bytes = Allocation.Least(() =>
        {
            for (var step = 0; step < 100; step++)
            {
                Telemetry.Record("work", ("step", step), ("name", "a"));
            }
        });

        Assert.Equal(0, bytes);
    }

    [Fact]
    [Trait("Feature", "S3.4")]
    public void A_client_can_be_given_as_an_optional_recorder_instead()
    {
        using (var telemetry = _rig.Start())
        {
            new Worker(telemetry).Work();
            new Worker().Work();
        }

        Assert.Equal(["work"], _rig.Names());
    }

    private sealed class Worker(IRecorder? recorder = null)
    {
        public void Work() => recorder?.RecordFields("work");
    }
}
