using Akka.Configuration;
using Akka.Event;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests;

public sealed class ThrowLogSpec : Akka.TestKit.Xunit2.TestKit
{
    public ThrowLogSpec()
        : base(ConfigurationFactory.ParseString("akka.loglevel = WARNING").WithFallback(SpecSettings.Quiet))
    {
    }

    [Fact]
    [Trait("Feature", "SK.5")]
    public void A_sink_that_throws_again_and_again_has_its_stack_in_the_log_once_for_each_kind_and_then_a_line_a_throw()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));
        var log = new ThrowLog("mine", Sys.Log);

        log.Tell(new InvalidOperationException("one"));
        log.Tell(new InvalidOperationException("two"));
        log.Tell(new TimeoutException("three"));

        Assert.IsType<InvalidOperationException>(ExpectMsg<Error>().Cause);
        var again = ExpectMsg<Warning>();
        Assert.Equal(("The sink mine threw again: InvalidOperationException: two", null), (again.Message.ToString(), again.Cause));
        Assert.IsType<TimeoutException>(ExpectMsg<Error>().Cause);
    }
}
