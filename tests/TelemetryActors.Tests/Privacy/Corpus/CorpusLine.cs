using System.Text.Json.Serialization;

namespace TelemetryActors.Tests.Privacy.Corpus;

/// <summary>A labelled text.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Kind">What it is about: email, ssn, card, phone, key, or a near miss.</param>
/// <param name="Label">pii: the secrets must go; clean: nothing may go; either: judges nobody.</param>
/// <param name="Text">The text.</param>
/// <param name="Secrets">What must not be left of it.</param>
/// <param name="Keep">What must be left beside the secrets.</param>
/// <param name="Forms">For each secret its form, finer than the kind.</param>
internal sealed record CorpusLine(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("label")] string Label,
    [property: JsonPropertyName("text")] string Text,
    [property: JsonPropertyName("secrets")] IReadOnlyList<string>? Secrets,
    [property: JsonPropertyName("keep")] IReadOnlyList<string>? Keep,
    [property: JsonPropertyName("forms")] IReadOnlyList<string>? Forms)
{
    private const int MinDigits = 4;
    private const int MinKey = 8;

    /// <summary>The secrets that are left in what became of the text, whole or in the part that matters.</summary>
    public IEnumerable<(string Secret, string Form)> Left(string redacted)
    {
        var around = (Secrets ?? []).Aggregate(Text, (text, secret) => text.Replace(secret, "\n", StringComparison.Ordinal));
        for (var index = 0; index < (Secrets?.Count ?? 0); index++)
        {
            var secret = Secrets![index];
            if (redacted.Contains(secret, StringComparison.Ordinal) || Parts(secret).Any(part => redacted.Contains(part, StringComparison.Ordinal) && !around.Contains(part, StringComparison.Ordinal)))
            {
                yield return (secret, Forms is { } forms && index < forms.Count ? forms[index] : Kind);
            }
        }
    }

    private IEnumerable<string> Parts(string secret)
    {
        if (Kind is "phone" or "card" or "ssn")
        {
            var digits = string.Concat(secret.Where(char.IsAsciiDigit));
            yield return digits[^Math.Min(MinDigits, digits.Length)..];
        }
        else if (Kind == "key")
        {
            for (var start = 0; start + MinKey <= secret.Length; start++)
            {
                yield return secret.Substring(start, MinKey);
            }
        }
    }
}
