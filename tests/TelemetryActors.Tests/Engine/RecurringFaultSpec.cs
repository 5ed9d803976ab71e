using Xunit;

namespace TelemetryActors.Engine;

[Trait("Feature", "SK.9")]
public sealed class RecurringFaultSpec
{
    private readonly List<string> _told = [];
    private readonly RecurringFault _fault;

    public RecurringFaultSpec() => _fault = new RecurringFault(_told.Add);

    [Fact]
    public void The_first_is_told_and_none_after_it_until_it_is_over()
    {
        _fault.TellFirst("no room");
        _fault.TellFirst("no room");
        _fault.TellFirst("no disk");

        Assert.Equal(["no room"], _told);
        _fault.IsOver();
        _fault.TellFirst("no room");
        Assert.Equal(["no room", "no room"], _told);
    }

    [Fact]
    public void Another_is_told_and_the_same_one_is_not_until_it_is_over()
    {
        _fault.TellAnother("no room");
        _fault.TellAnother("no room");
        _fault.TellAnother("no disk");

        Assert.Equal(["no room", "no disk"], _told);
        _fault.IsOver();
        _fault.TellAnother("no disk");
        Assert.Equal(["no room", "no disk", "no disk"], _told);
    }
}
