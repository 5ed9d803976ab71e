using TelemetryActors.Encoding;
using Xunit;

namespace TelemetryActors.Tests.Encoding;

public sealed class RandomBitsSpec
{
    [Fact]
    public void Every_bit_is_set_about_half_of_the_time()
    {
        const int Draws = 4000;
        var bytes = new byte[37];
        var set = new int[bytes.Length * 8];

        for (var draw = 0; draw < Draws; draw++)
        {
            RandomBits.Fill(bytes);
            for (var bit = 0; bit < set.Length; bit++)
            {
                set[bit] += (bytes[bit / 8] >> (bit % 8)) & 1;
            }
        }

        // Eight standard deviations: a fixed bit is far outside, and chance is not.
        Assert.All(set, count => Assert.InRange(count, (Draws / 2) - 253, (Draws / 2) + 253));
    }

    [Fact]
    public void No_two_numbers_meet() => Assert.Equal(10_000, Enumerable.Range(0, 10_000).Select(_ => RandomBits.Next()).Distinct().Count());
}
