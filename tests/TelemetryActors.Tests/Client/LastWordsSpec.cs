using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Tests.Client;

public sealed class LastWordsSpec : IDisposable
{
    private readonly ClientRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    [Trait("Feature", "S2.69")]
    public async Task What_is_recorded_between_the_engine_s_end_and_the_client_s_comes_to_the_log_with_the_latter()
    {
        var client = _rig.Start();
        client.Record("first");

        await client.Pipeline.EndEngineAsync();
        var results = Enumerable.Range(0, 2000).Select(number => client.Record("last", ("n", number))).ToList();
        var flushed = await client.FlushAsync().AsTask().WaitAsync(Eventually.DefaultBound);
        await client.DisposeAsync();

        Assert.All(results, result => Assert.True(result.IsAccepted));
        Assert.Contains("first", _rig.Names());
        Assert.Equal(2000, _rig.Names().Count(name => name == "last"));
        Assert.False(flushed.IsDurable);
        Assert.Equal((0, 0), (client.Pipeline.Left.Kept, client.Pipeline.Left.Lost));
        Assert.Empty(_rig.Failures);
        Assert.False(client.Record("late").IsAccepted);
    }
}
