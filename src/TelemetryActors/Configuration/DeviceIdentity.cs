using System.Security.Cryptography;

namespace TelemetryActors.Configuration;

/// <summary>Who an installation is: a random id, and a salt that never leaves it.</summary>
/// <param name="Id">The device id in the owner's own places (S1.6): letters, digits, dots and hyphens.</param>
/// <param name="Salt">32 random bytes, made once an installation.</param>
internal sealed record DeviceIdentity(string Id, ReadOnlyMemory<byte> Salt)
{
    private const int SaltBytes = 32;
    private const int IdBytes = 8;
    private const int MaxIdLength = 64;

    /// <summary>The id as others may see it: a salted SHA-256 in hex (S1.13).</summary>
    public string AnonymousId => Anonymous(Id);

    /// <summary>A text as others may see it: a salted SHA-256 in hex.</summary>
    public string Anonymous(string text) => Convert.ToHexStringLower(SHA256.HashData([.. Salt.Span, .. System.Text.Encoding.UTF8.GetBytes(text)]));

    /// <summary>A new installation's.</summary>
    public static DeviceIdentity New() =>
        new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), RandomNumberGenerator.GetBytes(SaltBytes));

    /// <summary>Whether a text can be a device id: it becomes part of object names.</summary>
    public static bool IsId(string text) =>
        text.Length is > 0 and <= MaxIdLength && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.');
}
