using Xunit;

namespace TelemetryActors.Encoding;

[Trait("Feature", "S0.5")]
public sealed class PlainAsciiSpec
{
    [Theory]
    [InlineData('"')]
    [InlineData('\\')]
    [InlineData('\n')]
    [InlineData('\u007f')]
    [InlineData('\u00e4')]
    [InlineData('\u4e2d')]
    public void Copies_up_to_the_first_character_that_cannot_stand_as_it_is(char special)
    {
        for (var length = 0; length <= 70; length++)
        {
            for (var place = 0; place <= length; place++)
            {
                var text = string.Create(length, place, (chars, at) =>
                {
                    for (var i = 0; i < chars.Length; i++)
                    {
                        chars[i] = i == at ? special : (char)(' ' + 3 + (i % 50));
                    }
                });
                var target = new byte[length];

                var copied = PlainAscii.Copy(text, target);

                Assert.Equal(place, copied);
                Assert.Equal(System.Text.Encoding.ASCII.GetBytes(text[..copied]), target[..copied]);
            }
        }
    }
}
