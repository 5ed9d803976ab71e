using TelemetryActors.Configuration;

namespace TelemetryActors.Sinks.S3;

/// <summary>What is wrong with <see cref="S3Options"/>, each with its path.</summary>
internal static class S3OptionsFaults
{
    public const long SmallestObject = 64 * 1024;
    public const long LargestObject = 64 * 1024 * 1024;
    public const long LargestPart = 64 * 1024 * 1024;
    public static readonly TimeSpan LongestAge = TimeSpan.FromDays(7);

    /// <summary>What <see cref="IsServer"/> asks for, in words.</summary>
    public const string ServerRule = "an absolute http or https address without user, password, path and query";

    private const string Path = "Sinks:S3:";

    public static IEnumerable<string> Of(S3Options options)
    {
        if (options.Bucket is { } bucket && !IsBucket(bucket))
        {
            yield return $"{Path}Bucket must be 3 to 63 letters, digits, dots, underscores and hyphens, not '{bucket}'";
        }

        if (options.Prefix.Length == 0)
        {
            yield return $"{Path}Prefix must not be empty: the rule that ends diagnostics would end everything in the bucket";
        }
        else if (!IsPrefix(options.Prefix))
        {
            yield return $"{Path}Prefix must be up to {S3Options.MaxPrefixLength} letters, digits and !-_.*'()/ with a / at its end and none at its beginning, not '{options.Prefix}'";
        }

        if (options.ServiceUrl is { } url && !IsServer(url))
        {
            yield return $"{Path}ServiceUrl must be {ServerRule}";
        }

        if (!options.SignPayload && options.ServiceUrl is { } open && open.Scheme != Uri.UriSchemeHttps)
        {
            yield return $"{Path}SignPayload can be false only over https";
        }

        if (options.ObjectBytes is < SmallestObject or > LargestObject)
        {
            yield return $"{Path}ObjectBytes must be from {SmallestObject} to {LargestObject}, not {options.ObjectBytes}";
        }

        if (options.ObjectAge < TimeSpan.FromSeconds(1) || options.ObjectAge > LongestAge)
        {
            yield return $"{Path}ObjectAge must be from 1 s to {LongestAge.TotalDays} days, not {options.ObjectAge}";
        }

        if (options.PartBytes is < S3Options.SmallestPart or > LargestPart)
        {
            yield return $"{Path}PartBytes must be from {S3Options.SmallestPart} to {LargestPart}, not {options.PartBytes}";
        }

        if (options.CompressionLevel is < 1 or > 9)
        {
            yield return $"{Path}CompressionLevel must be from 1 to 9, not {options.CompressionLevel}";
        }

        if (options.KmsKeyId is not null && options.Encryption is not ("aws:kms" or "aws:kms:dsse"))
        {
            yield return $"{Path}KmsKeyId goes with the encryption aws:kms";
        }
    }

    /// <summary>Whether a name can be a bucket's; older buckets have capitals and underscores.</summary>
    public static bool IsBucket(string name) =>
        name.Length is >= 3 and <= 63 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');

    /// <summary>Whether a text can be what keys begin with: what needs no escaping anywhere, and tells diagnostics from other data (S1.7).</summary>
    public static bool IsPrefix(string prefix) =>
        prefix.Length is > 0 and <= S3Options.MaxPrefixLength
        && prefix[0] != '/' && prefix[^1] == '/'
        && prefix.All(letter => char.IsAsciiLetterOrDigit(letter) || "!-_.*'()/".Contains(letter, StringComparison.Ordinal));

    /// <summary>Whether an address can be a server's.</summary>
    public static bool IsServer(Uri url) => WebAddress.IsAllowed(url) && url.PathAndQuery == "/";
}
