using System.Text;
using TelemetryActors.Privacy;
using Xunit;

namespace TelemetryActors.Tests.Privacy;

public sealed class RedactorPrefilterSpec
{
    private readonly Redactor _redactor = new(new RedactionOptions { Fields = { "étoile" } });

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"service_id\":\"api\",\"ms\":41,\"ratio\":0.12345678901234,\"started\":1763680434123,\"bytes\":-123456789012}")]
    [InlineData("{\"id\":\"550e8400-e29b-41d4-a716-446655440000\",\"trace\":\"12345678-1234-4123-8123-123456789012\"}")]
    [InlineData("{\"sha256\":\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"}")]
    [InlineData("{\"at\":\"2026-11-20T23:13:54.1234567Z\",\"path\":\"/var/log/app/2026/11/20/part-00001.ndjson\"}")]
    [InlineData("{\"run\":\"20261120T231354Z-agent-1a2b3c4d\",\"event\":\"abcdefghijk-00000000000042\"}")]
    [InlineData("{\"url\":\"/search?page=2&limit=50&sort=name\",\"task_id\":\"task_live\",\"dashes\":\"------------\"}")]
    [InlineData("{\"text\":\"12:34:56 step: done, ratio: 3:4, see https://example.com:443/a:b and C:\\\\x\",\"s\":\"{\\\"name\\\":\\\"x\\\",\\\"size\\\":1}\"}")]
    [InlineData("{\"text\":\"stop_time, the first_high, hf-x, yard, ages. Locks. are ks.t\"}")]
    [InlineData("{\"text\":\"তালিকা পড়া শেষ, 17 ms\",\"th\":\"อ่านรายการทั้งหมดแล้ว\",\"hi\":\"सूची पढ़ी गई\",\"km\":\"បានអានបញ្ជី\",\"ko\":\"목록을 모두 읽었습니다\",\"vi\":\"đã đọc hết\",\"ar\":\"تمت القراءة\"}")]
    [InlineData("{\"text\":\"Das Ölfaß kostet 1234,50 € – на складе 17 штук\",\"referrer \":\"year\"}")]
    [Trait("Feature", "S2.56")]
    public void Ordinary_details_do_not_reach_the_exact_scan(string json)
    {
        var mayHold = _redactor.MayHold(System.Text.Encoding.UTF8.GetBytes(json));

        Assert.False(mayHold);
    }

    [Theory]
    [InlineData("{\"q\":\"étoile=1\"}")]
    [InlineData("{\"q\":\"\\npassword=1\"}")]
    [InlineData("{\"q\":\"\\u0001123-45-6789\"}")]
    [InlineData("{\"q\":\"\\\"ssn\\\":\\\"123456789\\\"\"}")]
    [InlineData("{\"q\":\":555-123-4567\"}")]
    [InlineData("{\"q\":\"\\u0001:3782 822463 10005\"}")]
    [InlineData("{\"q\":\"++44 20 7946 0958\"}")]
    [InlineData("{\"q\":[\":4111111111111111\",\":x\"]}")]
    [InlineData("{\"q\":\"\\tsk-abcdEFGH1234ijklMNOP5678\"}")]
    [InlineData("{\"q\":\"--------------------------------------------------------------------------------------BEGIN PRIVATE KEY-----\"}")]
    [Trait("Feature", "S2.56")]
    public void An_escape_or_a_long_run_hides_nothing(string json)
    {
        var mayHold = _redactor.MayHold(System.Text.Encoding.UTF8.GetBytes(json));

        Assert.True(mayHold);
    }

    [Fact]
    [Trait("Feature", "S2.56")]
    public void Numbers_in_the_digits_of_any_script_reach_the_exact_scan()
    {
        foreach (var zero in ScriptDigits.Zeros)
        {
            var number = ScriptDigits.In(zero, "4111111111111111");

            Assert.Equal(Redactor.Mark, _redactor.Redact(number));
            Assert.True(_redactor.MayHold(System.Text.Encoding.UTF8.GetBytes("{\"q\":\"" + number + "\"}")), number);
        }
    }

    [Fact]
    [Trait("Feature", "S2.56")]
    public void Numbers_of_another_script_are_seen_within_a_long_run()
    {
        var json = "{\"q\":\"1" + new string(' ', 150) + ScriptDigits.In('\u09e6', "4111111111111111") + new string(' ', 20) + "\"}";

        Assert.True(_redactor.MayHold(System.Text.Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void Allocates_nothing()
    {
        var bytes = Allocation.Least(() => _redactor.MayHold("{\"n\":\"4111111111111112\",\"q\":\"a=b\",\"t\":\"task-\",\"ms\":41}"u8));

        Assert.Equal(0, bytes);
    }
}
