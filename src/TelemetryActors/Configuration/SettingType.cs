using System.Diagnostics.CodeAnalysis;

namespace TelemetryActors.Configuration;

/// <summary>How the values of a setting are written and which are allowed.</summary>
/// <param name="Name">What a value must be, for messages: "a number from 0 to 1".</param>
/// <param name="Parse">Reads a text; false when it is not allowed.</param>
/// <param name="Format">Writes a value the way <paramref name="Parse"/> reads it; null for a value that is not set.</param>
internal sealed record SettingType<T>(string Name, SettingType<T>.Parser Parse, Func<T, string?> Format)
{
    public delegate bool Parser(string text, [MaybeNullWhen(false)] out T value);
}
