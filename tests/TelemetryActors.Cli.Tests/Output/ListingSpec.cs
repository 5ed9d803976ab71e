using Xunit;

namespace TelemetryActors.Cli.Output;

public sealed class ListingSpec
{
    private readonly Listing _listing = new("RUN", "STATUS", "");

    [Fact]
    public void Columns_are_as_wide_as_their_widest_cell_and_nothing_is_cut()
    {
        _listing.Add(new string('r', 100), "success", "a note");
        _listing.Add("r2", "failed", "");

        Assert.Equal(
            [$"RUN{new string(' ', 97)}  STATUS", $"{new string('r', 100)}  success  a note", $"r2{new string(' ', 98)}  failed", ""],
            Written(hasColours: false));
    }

    [Fact]
    public void On_a_terminal_only_the_colours_are_more()
    {
        _listing.Add("r1", "failed", "success");

        Assert.Equal(["\e[1mRUN\e[0m  \e[1mSTATUS\e[0m", "r1   \e[31mfailed\e[0m  \e[32msuccess\e[0m", ""], Written(hasColours: true));
    }

    [Fact]
    public void No_cell_can_steer_a_terminal()
    {
        _listing.Add("a\e[31mb", "running", "");

        Assert.DoesNotContain('\e', string.Concat(Written(hasColours: false)));
    }

    private string[] Written(bool hasColours)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        _listing.Write(writer, hasColours);
        return writer.ToString().Split('\n');
    }
}
