using Xunit;

namespace TelemetryActors.Runs;

/// <summary>A run's lines are counted once each, in whatever order the writer slots that hold them are read.</summary>
[Trait("Feature", "U.1")]
[Trait("Feature", "S4.10")]
public sealed class SeenLinesSpec
{
    private const int Lines = 52;

    private RunState _run = new(RunLines.RunId);

    [Theory]
    [InlineData(20)]
    [InlineData(51)]
    [InlineData(1)]
    public void A_slot_that_is_read_before_the_one_that_the_run_began_in_makes_no_duplicates_of_that(int inFirst)
    {
        Take(inFirst + 1, Lines);
        Take(1, inFirst);

        Assert.Equal((Lines, 0, Lines), Counts);
    }

    [Fact]
    public void Nor_does_it_when_the_slots_are_read_by_turns_and_the_run_goes_on_from_its_record()
    {
        Take(1, 5);
        Take(31, 40);
        _run = RunState.From(_run.ToRecord());
        Take(6, 10);
        Take(41, Lines);
        _run = RunState.From(_run.ToRecord());
        Take(11, 30);

        Assert.Equal((Lines, 0, Lines), Counts);
    }

    [Fact]
    public void What_comes_again_is_a_duplicate_in_every_order()
    {
        Take(21, Lines);
        Take(1, 10);
        Take(1, 10);
        Take(21, Lines);
        Take(8, 20);

        Assert.Equal((Lines, 10 + 32 + 3, Lines), Counts);
    }

    [Fact]
    public void Holes_beyond_what_is_remembered_are_forgotten_from_the_lowest_on()
    {
        for (var number = 2; number <= 2 * (SeenLines.MostGaps + 1); number += 2)
        {
            Take(number, number);
        }

        Take(1, 1);
        Take(3, 3);

        Assert.Equal((SeenLines.MostGaps + 2, 1), (_run.ToRecord().EventCount, _run.ToRecord().DuplicateCount));
    }

    [Fact]
    public void Who_counts_lines_that_were_looked_at_elsewhere_waits_for_none_of_them()
    {
        Take(1, 1);
        _run.CountFurther(8);
        Take(10, 10);
        Take(5, 5);

        Assert.Equal((10, 1, 10), Counts);
    }

    private (int Events, int Duplicates, int Last) Counts =>
        ((int)_run.ToRecord().EventCount, (int)_run.ToRecord().DuplicateCount, (int)_run.ToRecord().LastSequence!.Value);

    private void Take(int from, int to)
    {
        for (var number = from; number <= to; number++)
        {
            _run.Apply(RunLines.Event(number, $$""","run_seq":{{number}}"""));
        }
    }
}
