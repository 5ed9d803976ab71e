using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace TelemetryActors.TestKit.Servers;

/// <summary>Signature version 4 of one request, and of the chunks of its body, each of which signs the one before.</summary>
internal sealed partial class S3Signature
{
    private readonly byte[] _key;
    private readonly string _scope;
    private readonly string _date;
    private string _last;

    private S3Signature(byte[] key, string scope, string date, IReadOnlyList<string> signedHeaders, string signature)
    {
        _key = key;
        _scope = scope;
        _date = date;
        SignedHeaders = signedHeaders;
        _last = signature;
    }

    /// <summary>The names of what was signed, in order.</summary>
    public IReadOnlyList<string> SignedHeaders { get; }

    public static S3Signature Of(string authorization, string date, S3Account owner)
    {
        var parts = Authorization().Match(authorization);
        Check(parts.Success, $"Authorization has another form: {authorization}");
        Check(parts.Groups["key"].Value == owner.AccessKey, "the access key is not known");
        Check(date.StartsWith(parts.Groups["day"].Value, StringComparison.Ordinal), "x-amz-date is of another day than the credential");
        var (day, region) = (parts.Groups["day"].Value, parts.Groups["region"].Value);
        var key = new[] { day, region, "s3", "aws4_request" }.Aggregate(Bytes("AWS4" + owner.SecretKey), (secret, text) => HMACSHA256.HashData(secret, Bytes(text)));
        string[] headers = parts.Groups["headers"].Value.Split(';');
        Check(headers.SequenceEqual(headers.Order(StringComparer.Ordinal)), "the signed headers are not in order");
        return new S3Signature(key, $"{day}/{region}/s3/aws4_request", date, headers, parts.Groups["signature"].Value);
    }

    /// <summary>Verifies the request itself.</summary>
    public void Verify(string canonicalRequest) =>
        Check(Sign("AWS4-HMAC-SHA256", _date, _scope, Hash(Bytes(canonicalRequest))) == _last, "the signature is wrong");

    /// <summary>Verifies the next chunk.</summary>
    public void VerifyChunk(ReadOnlySpan<byte> data, string signature)
    {
        Check(Sign("AWS4-HMAC-SHA256-PAYLOAD", _date, _scope, _last, Hash([]), Hash(data)) == signature, "a chunk's signature is wrong");
        _last = signature;
    }

    /// <summary>Verifies what stands behind the last chunk.</summary>
    public void VerifyTrailer(string lines, string signature) =>
        Check(Sign("AWS4-HMAC-SHA256-TRAILER", _date, _scope, _last, Hash(Bytes(lines))) == signature, "the trailer's signature is wrong");

    private string Sign(params string[] lines) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Bytes(string.Join('\n', lines))));

    private static string Hash(ReadOnlySpan<byte> data) => Convert.ToHexStringLower(SHA256.HashData(data));

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static void Check(bool holds, string fault)
    {
        if (!holds)
        {
            throw new InvalidDataException(fault);
        }
    }

    [GeneratedRegex("^AWS4-HMAC-SHA256 Credential=(?<key>[^/]+)/(?<day>[0-9]{8})/(?<region>[^/]+)/s3/aws4_request, ?SignedHeaders=(?<headers>[^,]+), ?Signature=(?<signature>[0-9a-f]{64})$")]
    private static partial Regex Authorization();
}
