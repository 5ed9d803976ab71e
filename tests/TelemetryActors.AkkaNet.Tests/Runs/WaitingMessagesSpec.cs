using Akka.Actor;
using TelemetryActors.AkkaNet.Runs;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

public sealed class WaitingMessagesSpec
{
    private readonly WaitingMessages<string> _waiting = new(most: 2);

    [Fact]
    [Trait("Feature", "SK.3")]
    public void What_waits_comes_out_in_order_once()
    {
        Assert.True(_waiting.Begin("a"));
        Assert.False(_waiting.Begin("a"));
        _waiting.TryAdd("a", new WakeRun("1"), ActorRefs.Nobody);
        _waiting.TryAdd("a", new WakeRun("2"), ActorRefs.Nobody);

        var ended = _waiting.End("a");

        Assert.Equal(["1", "2"], ended!.Select(waiting => waiting.Message.EntityId));
        Assert.False(_waiting.AreFor("a"));
        Assert.Null(_waiting.End("a"));
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void No_more_wait_for_one_than_may_and_others_have_their_own_bound()
    {
        _waiting.Begin("a");
        _waiting.Begin("b");

        Assert.True(_waiting.TryAdd("a", new WakeRun("1"), ActorRefs.Nobody));
        Assert.True(_waiting.TryAdd("a", new WakeRun("2"), ActorRefs.Nobody));
        Assert.False(_waiting.TryAdd("a", new WakeRun("3"), ActorRefs.Nobody));
        Assert.True(_waiting.TryAdd("b", new WakeRun("4"), ActorRefs.Nobody));
        Assert.Equal(3, _waiting.EndAll().Count);
        Assert.Empty(_waiting.EndAll());
    }
}
