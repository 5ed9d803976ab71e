using TelemetryActors.ClusterNode.Settings;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Settings;

public sealed class HoconBracesSpec
{
    [Theory]
    [InlineData("")]
    [InlineData("akka { cluster { } }")]
    [InlineData("a = [1, [2]]\nb { c = \"}\" }")]
    [InlineData("# {\n// [\na = 1 # }")]
    [InlineData("a = \"\"\"{\n\"\n\"\"\"\nb = \"\\\"{\"")]
    public void A_text_that_closes_what_it_opens_is_whole(string text) => Assert.Null(HoconBraces.Fault(text));

    [Theory]
    [InlineData("akka {\ncluster { ", "line 2 opens what no } closes")]
    [InlineData("a = [1, 2", "line 1 opens what no ] closes")]
    [InlineData("a { }\n# {\n}", "line 3 has a } that closes nothing")]
    [InlineData("a = [1, 2}", "line 1 has a } that closes nothing")]
    [InlineData("a = 1\nb = \"x\n", "a text that begins in line 2 is not closed")]
    [InlineData("a = \"\"\"\nb", "a text that begins in line 1 is not closed")]
    public void What_is_cut_off_is_told_with_its_line(string text, string fault) => Assert.Equal(fault, HoconBraces.Fault(text));
}
