using Xunit;

namespace TelemetryActors.Slots;

[Trait("Feature", "S1.18")]
public sealed class BringingPauseSpec
{
    [Fact]
    public void Each_try_that_fails_doubles_it_up_to_half_an_hour_and_one_that_does_not_ends_it()
    {
        var pause = new BringingPause();
        List<int> minutes = [Minutes(pause)];
        for (var tries = 0; tries < 6; tries++)
        {
            pause.Note(hasFailed: true);
            minutes.Add(Minutes(pause));
        }

        pause.Note(hasFailed: false);

        Assert.Equal([0, 2, 4, 8, 16, 32, 32], minutes);
        Assert.Equal(0, Minutes(pause));
    }

    private static int Minutes(BringingPause pause) => Enumerable.Range(0, 60).First(minutes => pause.IsOver(TimeSpan.FromMinutes(minutes)));
}
