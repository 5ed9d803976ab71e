using TelemetryActors.Privacy;
using Xunit;

namespace TelemetryActors.Tests.Privacy;

public sealed class RedactorValueSpec
{
    private readonly Redactor _redactor = new(new RedactionOptions());

    public static TheoryData<string, string> Findings
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (value, redacted) in Values.Findings)
            {
                data.Add(value, redacted);
            }

            return data;
        }
    }

    public static TheoryData<string> Clean => new(Values.Clean.Where(value => !value.Contains('\uD800', StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Findings))]
    [Trait("Feature", "S2.56")]
    public void Takes_out_what_belongs_to_a_person_or_opens_a_door(string value, string redacted)
    {
        var result = _redactor.Redact(value);

        Assert.Equal(redacted, result);
    }

    [Theory]
    [MemberData(nameof(Clean))]
    [Trait("Feature", "S2.56")]
    public void Leaves_what_only_looks_like_it(string value)
    {
        var result = _redactor.Redact(value);

        Assert.Null(result);
    }

    [Fact]
    public void Leaves_half_a_surrogate_pair_as_it_is()
    {
        var result = _redactor.Redact("\uD800 ann@example.com \uDC00");

        Assert.Equal("\uD800 [REDACTED] \uDC00", result);
    }

    [Theory]
    [MemberData(nameof(Findings))]
    public void Finds_it_in_the_middle_of_a_long_text_and_at_its_ends(string value, string redacted)
    {
        var filler = new string('.', 1) + string.Concat(Enumerable.Repeat(" lorem \U0001F600 ipsum,", 1500)) + " ";
        var text = value + "\n" + filler + value;

        var result = _redactor.Redact(text);

        // A key that is cut off reaches to the end.
        var isOpen = value.Contains("cut off", StringComparison.Ordinal);
        Assert.Equal(isOpen ? redacted : redacted + "\n" + filler + redacted, result);
    }

    [Fact]
    [Trait("Feature", "S2.9")]
    public void Finds_nothing_when_it_is_off()
    {
        var redactor = new Redactor(new RedactionOptions { Enabled = false });

        var result = redactor.Redact("ann@example.com");

        Assert.Null(result);
        Assert.False(redactor.MayHold("ann@example.com"u8));
        Assert.False(redactor.IsSensitiveName("password"));
    }

    [Fact]
    public void Allocates_nothing_on_clean_text()
    {
        var bytes = Allocation.Least(() =>
        {
            foreach (var value in Values.Clean)
            {
                _redactor.Redact(value);
            }
        });

        Assert.Equal(0, bytes);
    }
}
