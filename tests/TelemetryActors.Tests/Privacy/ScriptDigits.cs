namespace TelemetryActors.Tests.Privacy;

/// <summary>Numbers in the digits of every script that has its own.</summary>
internal static class ScriptDigits
{
    /// <summary>The zero of each script beyond ASCII.</summary>
    public static char[] Zeros { get; } = [.. Enumerable.Range(0x80, 0xff80).Select(c => (char)c).Where(c => char.IsDigit(c) && char.GetNumericValue(c) == 0)];

    /// <summary>A text with a script's digits in place of ASCII's.</summary>
    public static string In(char zero, string text) => string.Concat(text.Select(c => char.IsAsciiDigit(c) ? (char)(zero + c - '0') : c));
}
