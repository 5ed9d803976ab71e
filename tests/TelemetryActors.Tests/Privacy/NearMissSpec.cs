using System.Globalization;
using TelemetryActors.Privacy;
using Xunit;

namespace TelemetryActors.Tests.Privacy;

/// <summary>Numbers that mean nothing: by chance some look like a card's or a phone's, and few may.</summary>
[Trait("Feature", "S2.56")]
public sealed class NearMissSpec
{
    private const int Count = 3000;

    private readonly Redactor _redactor = new(new RedactionOptions());
    private readonly Random _random = new(20261121);

    [Fact]
    public void Of_a_hundred_rows_of_numbers_at_most_two_go()
    {
        var rows = Enumerable.Range(0, Count).Select(_ => string.Join(' ', Enumerable.Range(0, 8).Select(_ => Number(1 + _random.Next(7)))));

        var gone = rows.Where(row => _redactor.Redact(row) is not null).ToList();

        Assert.True(gone.Count <= Count / 50, $"{gone.Count} of {Count}:\n{string.Join('\n', gone)}");
    }

    [Fact]
    public void Of_a_hundred_ids_of_19_digits_at_most_one_goes()
    {
        var ids = Enumerable.Range(0, Count).Select(_ => "span " + Number(19));

        var gone = ids.Where(id => _redactor.Redact(id) is not null).ToList();

        Assert.True(gone.Count <= Count / 100, $"{gone.Count} of {Count}:\n{string.Join('\n', gone)}");
    }

    private string Number(int digits) => string.Concat(Enumerable.Range(0, digits).Select(index => _random.Next(index == 0 ? 1 : 0, 10).ToString(CultureInfo.InvariantCulture)));
}
