using TelemetryActors.AkkaNet.Collectors;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Collectors;

public sealed class LostAgentsSpec
{
    private static readonly TimeSpan Agent = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Member = TimeSpan.FromSeconds(10);

    private readonly LostAgents<string> _lost = new();

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Each_is_given_up_after_its_own_time_whatever_others_do()
    {
        Assert.Empty(Look(0, ("a", Agent)));
        Assert.Empty(Look(2, ("a", Agent), ("b", Agent), ("member", Member)));
        Assert.Equal(["a"], Look(3, ("a", Agent), ("b", Agent), ("c", Agent), ("member", Member)));
        Assert.Equal(["b"], Look(5, ("b", Agent), ("c", Agent), ("member", Member)));
        Assert.Equal(["member"], Look(12, ("member", Member)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Who_came_back_in_between_has_its_whole_time_again()
    {
        Assert.Empty(Look(0, ("a", Agent)));
        Assert.Empty(Look(2));
        Assert.Empty(Look(3, ("a", Agent)));
        Assert.Empty(Look(5, ("a", Agent)));
        Assert.Equal(["a"], Look(6, ("a", Agent)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Who_may_not_decide_counts_the_time_and_removes_nobody()
    {
        Assert.Empty(_lost.Look(new Dictionary<string, TimeSpan> { ["a"] = Agent }, mayDecide: false, TimeSpan.Zero));
        Assert.Empty(_lost.Look(new Dictionary<string, TimeSpan> { ["a"] = Agent }, mayDecide: false, TimeSpan.FromSeconds(60)));
        Assert.Equal(["a"], Look(61, ("a", Agent)));
    }

    private IReadOnlyList<string> Look(int second, params (string Name, TimeSpan Time)[] lost) =>
        _lost.Look(lost.ToDictionary(one => one.Name, one => one.Time), mayDecide: true, TimeSpan.FromSeconds(second));
}
