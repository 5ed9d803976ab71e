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

    [Fact]
    [Trait("Feature", "SK.5")]
    [Trait("Feature", "S2.56")]
    public void A_secret_in_what_a_sink_throws_is_taken_out_wherever_a_log_may_find_it_and_the_stack_stays()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));
        var log = new ThrowLog("mine", Sys.Log);
        var thrown = Thrown();

        log.Tell(thrown);
        log.Tell(thrown);

        var error = ExpectMsg<Error>();
        string[] texts = [error.ToString(), error.Cause.ToString(), error.Cause.Message, error.Cause.InnerException!.Message, error.Cause.GetBaseException().ToString(), ExpectMsg<Warning>().ToString()];
        Assert.All(texts, text => Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal));
        Assert.All(texts, text => Assert.Contains("[REDACTED]", text, StringComparison.Ordinal));
        Assert.Contains(nameof(Thrown), error.Cause.StackTrace, StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException", error.Cause.ToString(), StringComparison.Ordinal);
        Assert.Contains(nameof(Thrown), error.Cause.ToString(), StringComparison.Ordinal);
    }

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("refused: password=hunter2", new AggregateException("all of", new TimeoutException("password=hunter2 again")));
        }
        catch (InvalidOperationException exception)
        {
            return exception;
        }
    }
}
