using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace TelemetryActors.TestKit.Servers;

/// <summary>Verifies one signed request to S3: its signature, its body, its checksums.</summary>
internal sealed class S3Request
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string Streaming = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    private const string StreamingWithTrailer = Streaming + "-TRAILER";
    private const string MetadataPrefix = "x-amz-meta-";

    private readonly HttpListenerRequest _request;
    private readonly S3Signature _signature;

    private S3Request(HttpListenerRequest request, S3Account owner)
    {
        _request = request;
        _signature = S3Signature.Of(Required("Authorization"), Required("x-amz-date"), owner);
    }

    /// <exception cref="InvalidDataException">It is wrong; the message says in what.</exception>
    public static StoredUpload Verify(HttpListenerRequest request, byte[] body, S3Account owner)
    {
        var verified = new S3Request(request, owner);
        verified.VerifySignature();
        return verified.Open(body);
    }

    private void VerifySignature()
    {
        foreach (var name in _request.Headers.AllKeys.Where(name => name!.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)))
        {
            Check(_signature.SignedHeaders.Contains(name!.ToLowerInvariant()), $"{name} is not signed");
        }

        Check(_signature.SignedHeaders.Contains("host"), "host is not signed");
        var headers = string.Concat(_signature.SignedHeaders.Select(name => $"{name}:{Words(Required(name))}\n"));
        var canonical = string.Join(
            '\n', _request.HttpMethod, _request.RawUrl!.Split('?')[0], Query(), headers, string.Join(';', _signature.SignedHeaders), Required("x-amz-content-sha256"));
        _signature.Verify(canonical);
    }

    private StoredUpload Open(byte[] body)
    {
        var mode = Required("x-amz-content-sha256");
        List<string> trailers = [];
        if (mode is Streaming or StreamingWithTrailer)
        {
            Check((_request.Headers["Content-Encoding"] ?? "").Split(',').Contains("aws-chunked"), "Content-Encoding does not say aws-chunked");
            var chunks = new AwsChunks(body, _signature);
            body = chunks.Body;
            Check(Required("x-amz-decoded-content-length") == body.Length.ToString(CultureInfo.InvariantCulture), "x-amz-decoded-content-length is wrong");
            var announced = (_request.Headers["x-amz-trailer"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            Check(announced.Order().SequenceEqual(chunks.Trailers.Keys.Order()), $"the trailers {string.Join(',', chunks.Trailers.Keys)} are not those announced");
            Check(mode == Streaming || chunks.Trailers.Count > 0, "the trailer is missing");
            trailers.AddRange(chunks.Trailers.Select(trailer => VerifiedChecksum(trailer.Key, trailer.Value, body)));
        }
        else
        {
            Check(mode == Convert.ToHexStringLower(SHA256.HashData(body)), $"x-amz-content-sha256 {mode} is not the body's");
        }

        foreach (var name in _request.Headers.AllKeys.Where(IsChecksum))
        {
            VerifiedChecksum(name!, _request.Headers[name]!, body);
        }

        return new StoredUpload(body, Metadata(), mode, trailers, _request.ContentType);
    }

    private static bool IsChecksum(string? name) =>
        name!.StartsWith("x-amz-checksum-", StringComparison.OrdinalIgnoreCase) && !name.EndsWith("-algorithm", StringComparison.OrdinalIgnoreCase)
        && !name.EndsWith("-type", StringComparison.OrdinalIgnoreCase) && !name.EndsWith("-mode", StringComparison.OrdinalIgnoreCase);

    private static string VerifiedChecksum(string name, string value, byte[] body)
    {
        var right = name.ToLowerInvariant() switch
        {
            "x-amz-checksum-crc32" => Crc32.Of(body),
            "x-amz-checksum-sha256" => SHA256.HashData(body),
            _ => throw new InvalidDataException($"{name} is not known here"),
        };
        Check(value == Convert.ToBase64String(right), $"{name} {value} is not the body's");
        return name;
    }

    private Dictionary<string, string> Metadata() => _request.Headers.AllKeys
        .Where(name => name!.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
        .ToDictionary(name => name![MetadataPrefix.Length..].ToLowerInvariant(), name => _request.Headers[name]!);

    private string Query()
    {
        var query = _request.RawUrl!.Split('?', 2);
        return query.Length == 1 ? "" : string.Join('&', query[1].Split('&').Select(part => part.Contains('=', StringComparison.Ordinal) ? part : part + "=").Order(StringComparer.Ordinal));
    }

    private string Required(string name) => _request.Headers[name] ?? throw new InvalidDataException($"{name} is missing");

    private static string Words(string text) => string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static void Check(bool holds, string fault)
    {
        if (!holds)
        {
            throw new InvalidDataException(fault);
        }
    }
}
