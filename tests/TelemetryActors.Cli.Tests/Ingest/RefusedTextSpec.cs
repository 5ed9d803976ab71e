using TelemetryActors.Privacy;
using Xunit;

namespace TelemetryActors.Cli.Ingest;

public sealed class RefusedTextSpec
{
    private static readonly Redactor Redactor = new(new RedactionOptions());

    [Theory]
    [Trait("Feature", "S2.55")]
    [InlineData("""{"event":"login","password":"hunter2","password":"x"}""", """{"event":"login","password":"[REDACTED]","password":"[REDACTED]"}""")]
    [InlineData("""{"event":7,"details":{"apiKey" : "a\"b","n":1}}""", """{"event":7,"details":{"apiKey" : "[REDACTED]","n":1}}""")]
    [InlineData("""{"event":"e","token":12345,"n":1""", """{"event":"e","token":[REDACTED],"n":1""")]
    [InlineData("""{"secret":{"a":"}","b":[1]},"n":1""", """{"secret":[REDACTED],"n":1""")]
    [InlineData("""{"secret":["a","b""", """{"secret":[REDACTED]""")]
    [InlineData("""{"password":"hunter""", """{"password":"[REDACTED]""")]
    [InlineData("""{"pass\u0077ord":"hunter2"}x""", """{"password":"[REDACTED]"}x""")]
    [InlineData("""{'password': 'hunter2', 'n': 1}""", """{'password': '[REDACTED]', 'n': 1}""")]
    [InlineData("""{"body":"{\"password\":\"hunter2\",\"n\":1}"}x""", """{"body":"{\"password\":\"[REDACTED]\",\"n\":1}"}x""")]
    [InlineData("""{"password":"a\\","n":"b"}x""", """{"password":"[REDACTED]","n":"b"}x""")]
    [InlineData("password: hunter2, n: 1", "password: [REDACTED], n: 1")]
    [InlineData("token=hunter2 n=1", "token=[REDACTED] n=1")]
    [InlineData("""{"Authorization":"Bearer abcdefgh","Cookie":"ses""", """{"Authorization":"[REDACTED]","Cookie":"[REDACTED]""")]
    [InlineData("Authorization: Bearer abcdefgh", "Authorization: Bearer [REDACTED]")]
    [InlineData("Cookie: theme=dark; sid=abc", "Cookie: [REDACTED]")]
    public void What_stands_behind_a_sensitive_name_is_taken_out_although_the_line_is_no_event(string line, string expected)
    {
        var redacted = RefusedText.Redact(line, Redactor);

        Assert.Equal(expected, redacted);
    }

    [Theory]
    [Trait("Feature", "S2.56")]
    [InlineData("""{"event":"e","note":"ask jane@example.com" """, """{"event":"e","note":"ask [REDACTED]" """)]
    [InlineData("""{"note":"ask jane\u0040example.com","note":1}""", """{"note":"ask [REDACTED]","note":1}""")]
    [InlineData("nope 078-05-1120", "nope [REDACTED]")]
    public void What_a_text_gives_away_is_taken_out_of_it(string line, string expected)
    {
        var redacted = RefusedText.Redact(line, Redactor);

        Assert.Equal(expected, redacted);
    }

    [Theory]
    [InlineData("""{"event":"a","event":"b","username":"jane","tokens":7,"text":"\u0022\u00e9\\"}""")]
    [InlineData("nope")]
    [InlineData("")]
    [InlineData(":")]
    public void A_line_without_secrets_stays_as_it_is(string line) => Assert.Equal(line, RefusedText.Redact(line, Redactor));

    [Fact]
    public void Every_beginning_of_a_line_is_without_its_secrets()
    {
        const string Line = """{"event":"e","password":"hunter2","x":{"secret":["hunter2",{"a":"hunter2"}]},"body":"{\"token\":\"hunter2\"}"}""";

        var redacted = Enumerable.Range(0, Line.Length).Select(length => RefusedText.Redact(Line[..length], Redactor));

        Assert.All(redacted, text => Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Bytes_that_are_no_text_lose_theirs_too_and_keep_all_others()
    {
        byte[] line = [0xff, .. "\"password\":\"hunter2\","u8, 0xc3, 0x28];

        var redacted = RefusedText.Redact(line, Redactor);

        Assert.Equal([0xff, .. "\"password\":\"[REDACTED]\","u8, 0xc3, 0x28], redacted);
    }

    [Fact]
    public void Without_redaction_everything_stays()
    {
        const string Line = """{"password":"hunter2"}x""";

        var kept = RefusedText.Redact(Line, new Redactor(new RedactionOptions { Enabled = false }));

        Assert.Equal(Line, kept);
    }
}
