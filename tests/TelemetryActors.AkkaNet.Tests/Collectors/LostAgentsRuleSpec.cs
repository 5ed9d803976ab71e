using TelemetryActors.AkkaNet.Collectors;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Collectors;

public sealed class LostAgentsRuleSpec
{
    private static readonly TimeSpan Member = TimeSpan.FromSeconds(10);

    [Theory]
    [Trait("Feature", "SK.8")]
    [InlineData("agent", true, 3)]
    [InlineData("agent", false, 3)]
    [InlineData("shop", true, 10)]
    [InlineData("shop", false, null)]
    [InlineData("collector", true, null)]
    [InlineData("collector", false, null)]
    public void Agents_are_a_collectors_to_remove_and_others_where_the_resolver_does_not_hear_of_them(string role, bool isOwnDowning, int? seconds) =>
        Assert.Equal(seconds is { } after ? TimeSpan.FromSeconds(after) : null, LostAgentsRule.TimeOf([role], isOwnDowning, Member));

    [Theory]
    [Trait("Feature", "SK.8")]
    [InlineData("+", true)]
    [InlineData("+-", true)]
    [InlineData("-+", false)]
    [InlineData("+--+", true)]
    [InlineData("-++-", false)]
    [InlineData("-++", true)]
    [InlineData("-+++", true)]
    [InlineData("+--", false)]
    [InlineData("", false)]
    public void The_part_with_most_collectors_goes_on_and_of_two_halves_the_one_with_the_lowest_address(string areInSight, bool goesOn) =>
        Assert.Equal(goesOn, LostAgentsRule.GoesOn([.. areInSight.Select(one => one == '+')]));
}
