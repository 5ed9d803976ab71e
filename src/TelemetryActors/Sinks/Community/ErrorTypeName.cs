using System.Collections.Frozen;
using TelemetryActors.Privacy;

namespace TelemetryActors.Sinks.Community;

/// <summary>Whether a text is the name of an error's type: of its shape, and with the word that such names end in.</summary>
/// <remarks>In doubt it is none, for what a program calls a type may be an account number, a key or a person (S1.11).</remarks>
internal static class ErrorTypeName
{
    private const int MaxLength = 96;
    private const int MaxPart = 48;
    private const int MaxParts = 10;
    private const int MaxDigits = 3;
    private const int MaxUnderscores = 1;

    private static readonly Redactor Redactor = new(new RedactionOptions());

    // What the last part of a name ends in, in the languages that write events.
    private static readonly string[] Endings =
        ["Exception", "Error", "Fault", "Failure", "Panic", "Interrupt", "Warning", "Timeout", "Exit", "exception", "error", "failure", "panic"];

    // Types that end otherwise.
    private static readonly FrozenSet<string> Known = FrozenSet.ToFrozenSet(
        ["StopIteration", "StopAsyncIteration", "ExceptionGroup", "BaseExceptionGroup", "SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGKILL", "SIGTERM", "EXC_BAD_ACCESS", "EXC_CRASH", "ANR",
         "EACCES", "EADDRINUSE", "EADDRNOTAVAIL", "EAI_AGAIN", "ECONNABORTED", "ECONNREFUSED", "ECONNRESET", "EEXIST", "EHOSTUNREACH", "EIO", "EMFILE", "ENETUNREACH", "ENOENT", "ENOMEM", "ENOSPC", "ENOTFOUND", "EPERM", "EPIPE", "ETIMEDOUT"],
        StringComparer.Ordinal);

    /// <summary>Judges a text.</summary>
    public static bool Is(string text)
    {
        if (text.Length is 0 or > MaxLength)
        {
            return false;
        }

        if (Known.Contains(text))
        {
            return true;
        }

        var name = WithoutArity(text);
        var parts = name.Split(["::", ".", "+"], StringSplitOptions.None);
        return parts.Length <= MaxParts && Array.TrueForAll(parts, IsPart) && Array.Exists(Endings, ending => EndsIn(parts[^1], ending)) && Redactor.Redact(text) is null;
    }

    // List`1: how many types it takes.
    private static string WithoutArity(string text) => text.Length > 2 && text[^2] == '`' && char.IsAsciiDigit(text[^1]) ? text[..^2] : text;

    private static bool IsPart(string part) =>
        part.Length is > 0 and <= MaxPart
        && (char.IsAsciiLetter(part[0]) || (part[0] == '_' && part.Length > 1))
        && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
        && part.Count(char.IsAsciiDigit) <= MaxDigits
        && part.Count(c => c == '_') <= MaxUnderscores;

    private static bool EndsIn(string part, string ending) =>
        part.EndsWith(ending, StringComparison.Ordinal) && (part.Length == ending.Length || !char.IsAsciiLetterLower(ending[0]) || part[^(ending.Length + 1)] == '_');
}
