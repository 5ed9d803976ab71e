using System.Security.Cryptography;

namespace TelemetryActors.Encoding;

/// <summary>The ids of one process start: <c>&lt;instance&gt;-&lt;seq&gt;</c>, fixed width, without holes.</summary>
/// <remarks>The instance is 55 random bits; the sequence has 14 digits. Not thread-safe: the ring's lock guards it.</remarks>
internal sealed class EventId
{
    /// <summary>Characters of an id.</summary>
    public const int Width = InstanceWidth + 1 + SequenceWidth;

    private const int InstanceWidth = 11;
    private const int SequenceWidth = 14;
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private readonly AsciiCounter _sequence = new(SequenceWidth, (byte)'0');
    private readonly byte[] _text = new byte[InstanceWidth + 1];

    public EventId()
    {
        Span<byte> random = stackalloc byte[InstanceWidth];
        RandomNumberGenerator.Fill(random);
        for (var i = 0; i < InstanceWidth; i++)
        {
            _text[i] = (byte)Alphabet[random[i] & 31];
        }

        _text[InstanceWidth] = (byte)'-';
    }

    /// <summary>The instance's text.</summary>
    public string Instance => System.Text.Encoding.ASCII.GetString(_text, 0, InstanceWidth);

    /// <summary>Writes the next id.</summary>
    /// <returns>False when the sequence is used up, after 10^14 events.</returns>
    public bool TryWriteNext(Span<byte> target)
    {
        if (!_sequence.TryIncrement())
        {
            return false;
        }

        _text.CopyTo(target);
        _sequence.Digits.CopyTo(target[_text.Length..]);
        return true;
    }
}
