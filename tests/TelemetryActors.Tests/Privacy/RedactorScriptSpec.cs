using System.Text;
using TelemetryActors.Privacy;
using Xunit;

namespace TelemetryActors.Tests.Privacy;

/// <summary>Random mixtures of findings, near misses and noise; the invariants hold for each.</summary>
public sealed class RedactorScriptSpec
{
    private const int Rounds = 4000;

    private static readonly string[] Glue =
        ["", "", " ", "\n", "\t", "\"", "\\", "/", "-", ".", ",", ":", "=", "@", "+", "(", ")", "_", "a", "n", "u", "0", "7", "ü", "\u00a0", "漢", "\U0001F600", "\u0001", "\u001f", "ssn ", "password=", "password: ", "\"token\":\"", "Cookie: a=", "Authorization: Basic ", "Authorization: ", "\"cookie\":\"", "Bearer ", "sesame", "°N ", "--secret ", "glpat-", "：", "：", "－", "（", "）", "．", "％2B", "\u3000", "＂", "৭"];

    private readonly Redactor _redactor = new(new RedactionOptions { Fields = { "étoile" } });

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    [Trait("Feature", "S2.56")]
    public void What_was_redacted_is_clean(int seed)
    {
        var random = new Random(seed);

        for (var round = 0; round < Rounds; round++)
        {
            var value = Mixture(random);
            if (_redactor.Redact(value) is { } redacted)
            {
                Assert.True(_redactor.Redact(redacted) is null, $"{value}\n=> {redacted}\n=> {_redactor.Redact(redacted)}");
            }
        }
    }

    [Theory]
    [InlineData(11), InlineData(12), InlineData(13), InlineData(14)]
    [Trait("Feature", "S2.56")]
    public void The_prefilter_lets_no_finding_pass(int seed)
    {
        var random = new Random(seed);

        for (var round = 0; round < Rounds; round++)
        {
            var value = Mixture(random);
            var json = Details(random, value);
            if (_redactor.Redact(value) is { } redacted)
            {
                Assert.True(_redactor.MayHold(System.Text.Encoding.UTF8.GetBytes(json)), $"{json}\n=> {redacted}");
            }
        }
    }

    [Fact]
    [Trait("Feature", "S2.56")]
    public void The_prefilter_finds_each_kind_at_each_place_of_its_windows()
    {
        foreach (var (value, _) in Values.Findings)
        {
            for (var before = 0; before < 140; before++)
            {
                var json = "{\"k\":\"" + new string('x', before) + "\\n" + Escape(value) + "\"}";

                Assert.True(_redactor.MayHold(System.Text.Encoding.UTF8.GetBytes(json)), json);
            }
        }
    }

    private static string Mixture(Random random)
    {
        var text = new StringBuilder();
        for (var pieces = random.Next(1, 7); pieces > 0; pieces--)
        {
            text.Append(random.Next(5) switch
            {
                0 => Values.Findings[random.Next(Values.Findings.Length)].Value,
                1 => Values.Clean[random.Next(Values.Clean.Length)].Replace("\uD800", "", StringComparison.Ordinal),
                2 => ScriptDigits.In(ScriptDigits.Zeros[random.Next(ScriptDigits.Zeros.Length)], Values.Findings[random.Next(Values.Findings.Length)].Value),
                3 => new string(Glue[random.Next(Glue.Length)] is { Length: 1 } one ? one[0] : '-', random.Next(80)),
                _ => random.NextInt64(1L << random.Next(1, 63)).ToString(System.Globalization.CultureInfo.InvariantCulture),
            });
            text.Append(Glue[random.Next(Glue.Length)]);
        }

        return text.ToString();
    }

    private static string Details(Random random, string value) =>
        "{\"path\":\"/srv/data/" + random.Next() + "\",\"ms\":" + random.Next() + ",\"note\":\"" + Escape(value) + "\",\"ratio\":0." + random.NextInt64(1L << 50)
        + ",\"id\":\"" + new Guid(random.Next(), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) + "\"}";

    private static string Escape(string value)
    {
        var text = new StringBuilder();
        foreach (var c in value)
        {
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\t' => "\\t",
                < ' ' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        return text.ToString();
    }
}
