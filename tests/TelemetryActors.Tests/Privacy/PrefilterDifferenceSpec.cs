using TelemetryActors.Encoding;
using TelemetryActors.Privacy;
using Xunit;

namespace TelemetryActors.Tests.Privacy;

/// <summary>All patterns run over every text, against the prefilter before them: on generated texts both must take out the same.</summary>
[Trait("Feature", "S2.56")]
public sealed class PrefilterDifferenceSpec
{
    private const int Texts = 50_000;

    private readonly Redactor _redactor = new(new RedactionOptions { Fields = { "étoile" } });

    [Theory]
    [InlineData(20261121), InlineData(20261122), InlineData(20261123), InlineData(20261124)]
    public void Takes_out_what_all_patterns_take_out(int seed)
    {
        var texts = new NumberTexts(seed);
        var (found, passed) = (0, 0);
        var differences = new List<string>();

        for (var count = 0; count < Texts; count++)
        {
            var text = texts.Next();
            var all = _redactor.Redact(text);
            var mayHold = _redactor.MayHold(Encoded(text));
            found += all is null ? 0 : 1;
            passed += mayHold ? 0 : 1;
            if (!mayHold && all is not null)
            {
                differences.Add($"{text.ReplaceLineEndings("\\n")} => {all.ReplaceLineEndings("\\n")}");
            }
        }

        Assert.True(differences.Count == 0, $"{differences.Count} of {Texts} differ:\n{string.Join('\n', differences.Take(40))}");
        Assert.True(found > Texts / 20, $"only {found} of {Texts} hold a finding");
        Assert.True(passed > Texts / 10, $"only {passed} of {Texts} are decided by the prefilter");
    }

    private static byte[] Encoded(string text)
    {
        var writer = new LineWriter(new byte[(text.Length * LineWriter.MaxBytesPerChar) + 16]);
        writer.Raw("{\"t\":"u8);
        writer.Text(text);
        writer.Raw((byte)'}');
        return writer.WrittenBytes.ToArray();
    }
}
