using TelemetryActors.Privacy;
using Xunit;

namespace TelemetryActors.Tests.Privacy;

public sealed class RedactorTimeSpec
{
    private const int Length = 64 * 1024;

    // A number is read from each of its groups, ten of them ahead.
    private const int StepsPerCharacter = 24;

    [Theory]
    [InlineData("@"), InlineData("a@"), InlineData("a.@"), InlineData("a@b."), InlineData("1"), InlineData("1 "), InlineData("1-")]
    [InlineData("("), InlineData("+"), InlineData("+1"), InlineData("(1)"), InlineData("01 "), InlineData("4111 "), InlineData("555-")]
    [InlineData("="), InlineData("token="), InlineData("password= "), InlineData("password=\""), InlineData("x.password="), InlineData("token.")]
    [InlineData("://"), InlineData("://a:"), InlineData(":"), InlineData("eyJ"), InlineData("eyJaaaaaaaaa."), InlineData("eyJ-")]
    [InlineData("sk-"), InlineData("sk-a_"), InlineData("xoxb-"), InlineData("ghp_"), InlineData("AIza"), InlineData("npm_"), InlineData("AKIA")]
    [InlineData("github_pat_"), InlineData("sk_live_")]
    [InlineData("-----BEGIN "), InlineData("-----BEGIN PRIVATE KEY "), InlineData("-----BEGIN PRIVATE KEY-----"), InlineData("bearer "), InlineData("Bearer a")]
    [InlineData("token:"), InlineData("token: "), InlineData("password: a "), InlineData("\"password\":\""), InlineData("token:\\\""), InlineData("cookie:"), InlineData("cookie: a "), InlineData("cookie:lang= "), InlineData("authorization: a ")]
    [InlineData("authorization: abcd, "), InlineData("authorization:bearer "), InlineData("cookie: abcdefgh, "), InlineData("\"cookie\":\"none "), InlineData("Bearer abcdefghijkl"), InlineData("a@b.1."), InlineData("a@111-1."), InlineData("@x.a")]
    [InlineData("authorization:digest "), InlineData("password: '"), InlineData("--"), InlineData(" --password "), InlineData("--password,"), InlineData("hooks.slack.com/services/"), InlineData("glpat-"), InlineData("AGE-SECRET-KEY-1")]
    [InlineData("ssn 123456789"), InlineData("ssn "), InlineData("123-45-6789/"), InlineData("ann@example.com ")]
    [InlineData("\\u0022token\\u0022:\\u0022"), InlineData("\\"), InlineData("\\u002B"), InlineData("\\n4111 "), InlineData("\U0001F600"), InlineData("ж"), InlineData("20 11 2026 ")]
    [InlineData("ssn=1 "), InlineData("ssn=1-1-1-1-1-1-1-1-1-1 "), InlineData("creditCard=4111 1 "), InlineData("token=(1(1(1 "), InlineData("--ssn 123 45 ")]
    public void A_hostile_text_costs_a_bounded_number_of_steps_per_character(string piece)
    {
        var redactor = new Redactor(new RedactionOptions());
        var text = string.Concat(Enumerable.Repeat(piece, Length / piece.Length));

        redactor.Redact(text, out var steps);

        Assert.InRange(steps, 1, (long)StepsPerCharacter * Length);
    }
}
