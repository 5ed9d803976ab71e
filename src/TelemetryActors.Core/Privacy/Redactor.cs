using System.Buffers;

namespace TelemetryActors.Privacy;

/// <summary>Finds personal data and credentials in field names and values and takes them out (S2.55, S2.56).</summary>
/// <remarks>Immutable and safe for any number of threads; allocates nothing on text that is clean. Every scan is linear in its text.</remarks>
public sealed class Redactor
{
    /// <summary>What stands in place of a finding.</summary>
    public const string Mark = "[REDACTED]";

    /// <summary>A finding can end the text that hid another one; no known text needs more than two rounds.</summary>
    private const int MaxRounds = 4;

    private static readonly string[] BuiltIn = ["email", "password", "passwd", "token", "apiKey", "secret", "creditCard", "ssn"];
    private static readonly string[] OnlyAssigned = ["pwd", "accessKey", "secretKey", "accountKey", "storageKey", "passphrase", "privateKey"];

    private readonly bool _enabled;
    private readonly SensitiveNames _names;
    private readonly SensitiveNames _assigned;
    private readonly SensitiveNames _named;

    /// <summary>Takes a copy of the options.</summary>
    public Redactor(RedactionOptions options)
        : this(options, [])
    {
    }

    /// <param name="options">What is redacted.</param>
    /// <param name="notInSentences">Further names, of members and of assignments, that mean something else before a colon.</param>
    internal Redactor(RedactionOptions options, string[] notInSentences)
    {
        ArgumentNullException.ThrowIfNull(options);
        _enabled = options.Enabled;
        _names = new SensitiveNames([.. BuiltIn, .. NamedValueFinder.Headers, .. options.Fields, .. notInSentences]);
        _assigned = new SensitiveNames([.. BuiltIn, .. OnlyAssigned, .. options.Fields, .. notInSentences]);
        _named = new SensitiveNames([.. BuiltIn, .. OnlyAssigned, .. NamedValueFinder.Headers, .. options.Fields]);
    }

    /// <summary>Whether e-mail addresses stay: for texts that say who did something.</summary>
    internal bool KeepsAddresses { get; init; }

    /// <summary>Whether the value of a field of this name is redacted whatever it holds: the name's last words are a listed name.</summary>
    public bool IsSensitiveName(ReadOnlySpan<char> name) => _enabled && _names.Matches(name);

    /// <summary>A fast look at the encoded JSON of an event's details: false means that no string value in it holds a finding.</summary>
    public bool MayHold(ReadOnlySpan<byte> utf8) => _enabled && Prefilter.MayHold(utf8, _assigned, _named);

    /// <summary>Scans one string value.</summary>
    /// <returns>Null when it is clean, else the value with <see cref="Mark"/> in place of each finding.</returns>
    public string? Redact(ReadOnlySpan<char> value) => Redact(value, out _);

    /// <summary>Scans one string value and counts the characters looked at, which is what bounds the time.</summary>
    internal string? Redact(ReadOnlySpan<char> value, out long steps)
    {
        steps = 0;
        if (!_enabled)
        {
            return null;
        }

        string? redacted = null;
        for (var round = 0; round < MaxRounds; round++)
        {
            var text = redacted ?? value;
            if ((ScanResolved(text, ref steps) ?? Scan(text, ref steps)) is not { } found)
            {
                break;
            }

            redacted = Replacement.Of(text, found);
        }

        return redacted;
    }

    // JSON held as text: by what its reader will see first, for an escape may hide a part of a finding.
    private List<Finding>? ScanResolved(ReadOnlySpan<char> text, ref long steps)
    {
        if (!NestedEscapes.AreIn(text))
        {
            return null;
        }

        var resolved = ArrayPool<char>.Shared.Rent(text.Length);
        var places = ArrayPool<int>.Shared.Rent(text.Length + 1);
        var length = NestedEscapes.Resolve(text, resolved, places);
        steps += text.Length;
        var found = Scan(resolved.AsSpan(0, length), ref steps);
        for (var index = 0; index < found?.Count; index++)
        {
            found[index] = new Finding(places[found[index].Start], places[found[index].End]);
        }

        ArrayPool<char>.Shared.Return(resolved, clearArray: true);
        ArrayPool<int>.Shared.Return(places);
        return found;
    }

    private List<Finding>? Scan(ReadOnlySpan<char> text, ref long steps)
    {
        char[]? ascii = null;
        if (WideDigits.AreIn(text))
        {
            ascii = ArrayPool<char>.Shared.Rent(text.Length);
            WideDigits.ToAscii(text, ascii);
        }

        var scan = new ValueScan(ascii is null ? text : ascii.AsSpan(0, text.Length), _assigned, _named) { KeepsAddresses = KeepsAddresses };
        var found = scan.Run();
        steps += scan.Steps;
        if (ascii is not null)
        {
            ArrayPool<char>.Shared.Return(ascii, clearArray: true);
        }

        return found;
    }
}
