using System.Buffers;

namespace TelemetryActors.Privacy;

/// <summary>Tells words that say something about a secret (<c>password: required</c>) from the secret itself.</summary>
internal static class PlainWords
{
    private const int LongestWord = 24;
    private const string Mask = "***";

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> NoSecrets = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "null", "nil", "none", "undefined", "empty", "blank", "unset", "set", "n/a", "true", "false", "yes", "no", "on", "off", "ok", "and", "or", "is", "was", "has", "not", "for", "to", "the", "a", "an",
        "string", "str", "text", "bytes", "char", "varchar", "int", "integer", "number", "bool", "boolean", "object", "any", "type", "secretstr", "securestring",
        "required", "optional", "missing", "invalid", "valid", "expected", "unexpected", "expired", "revoked", "rotated", "changed", "updated", "reset", "wrong", "incorrect", "correct", "unknown", "hidden",
        "redacted", "masked", "removed", "failed", "failure", "denied", "disabled", "enabled", "accepted", "rejected", "pending", "declined", "found", "present", "absent", "default", "done", "error",
        "obligatoire", "obligatoria", "requis", "requerida", "erforderlich", "falsch", "ungültig", "abgelaufen", "manquant", "vide", "vacío", "inconnu", "неверный", "обязателен",
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    // What is said of a header with a credential, and not of a password: what became of it, what it is, and how it is kept.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> NoCredentials = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "granted", "allowed", "forbidden", "authorized", "unauthorized", "unauthorised", "authorised", "authenticated", "unauthenticated", "anonymous", "public", "private", "internal", "approved", "refused", "blocked", "skipped",
        "bypassed", "ignored", "checked", "verified", "unverified", "passed", "succeeded", "successful", "success", "started", "complete", "completed", "created", "deleted", "cleared", "received", "sent", "saved", "stored",
        "supported", "unsupported", "needed", "provided", "omitted", "available", "unavailable", "malformed", "timeout", "basic", "bearer", "auth", "authentication", "authorization", "authorisation", "authenticator",
        "authentifizierung", "authentification", "autenticacion", "autenticazione", "token", "tokens", "key", "keys", "credential", "credentials", "certificate", "certificates", "header", "headers", "scheme", "schemes", "realm", "only",
        "policy", "policies", "consent", "user", "users", "admin", "role", "roles", "owner", "full", "partial", "strict", "lax", "secure", "httponly", "samesite", "session", "persistent", "essential", "necessary", "functional", "analytics",
        "verweigert", "erlaubt", "abgelehnt", "fehlt", "deaktiviert", "aktiviert", "erteilt", "refus", "requise", "denegado", "denegada", "rechazado", "rechazada", "requerido", "negado",
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Whether they are letters of ASCII and nothing else.</summary>
    public static bool AreLetters(ReadOnlySpan<char> value) => value.IndexOfAnyExcept(Letters) < 0;

    /// <summary>Whether it is a word that stands behind a header's name in a sentence: what <see cref="AreNoSecret"/> has, and what is said of a credential alone.</summary>
    public static bool AreNoCredential(ReadOnlySpan<char> value) =>
        AreNoSecret(value) || (value.Length <= LongestWord && NoCredentials.Contains(value.TrimEnd(".!?:)]}")));

    /// <summary>Whether it is a word for a state, a type or a condition.</summary>
    public static bool AreNoSecret(ReadOnlySpan<char> value) => value.Length <= LongestWord && NoSecrets.Contains(value.TrimEnd(".!?:)]}"));

    /// <summary>Whether it holds the place of a value: <c>${NAME}</c>, <c>{name}</c>, <c>&lt;name&gt;</c>, <c>%s</c>, stars, or begins an object or a list.</summary>
    public static bool AreTemplate(ReadOnlySpan<char> value) =>
        value[0] switch
        {
            '{' => value.Contains('}') || AreWord(value),
            '[' => (value.Contains(']') && !(HasLetter(value) && value.ContainsAny(DigitGroups.Digit))) || AreWord(value),
            '<' => value.Contains('>') || AreWord(value),

            // A mask, or the reference of a document's own.
            '*' => value.StartsWith(Mask) || AreWord(value),
            '&' => AreWord(value),
            _ => false,
        }
        || (value[0] == '$' && (value.Length == 1 || value[1] is '{' or '(' or '_' || value[1..].IndexOfAnyExceptInRange('A', '_') < 0))
        || value is "%s" or "%d" or "%v" or "%q";

    private static bool AreWord(ReadOnlySpan<char> value)
    {
        var word = value.TrimStart("{[<(*&").TrimEnd(".:!?,>");
        return Measure(word) == word.Length;
    }

    private static bool HasLetter(ReadOnlySpan<char> value)
    {
        foreach (var c in value)
        {
            if (char.IsLetter(c))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How many characters from the begin on belong to a word without digits; hyphens and full stops may stand within.</summary>
    public static int Measure(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && (char.IsLetter(text[length]) || (length > 0 && text[length] is '-' or '_' or '.' or '\'')))
        {
            length++;
        }

        return length;
    }

    /// <summary>Whether a sentence goes on here: a blank, and a word that is no further name of a value; a time of day (<c>10:15</c>) and a URL are none.</summary>
    public static bool GoOn(ReadOnlySpan<char> text)
    {
        if (text is not [' ', ..])
        {
            return false;
        }

        var word = text[1..];
        var length = 0;
        while (length < word.Length && length < LongestWord && char.IsLetterOrDigit(word[length]))
        {
            length++;
        }

        var behind = word[length..];
        var isName = length > 0 && char.IsLetter(word[0]) && behind is [':' or '=', ..] && !behind.StartsWith("://");
        return length > 0 && !isName;
    }
}
