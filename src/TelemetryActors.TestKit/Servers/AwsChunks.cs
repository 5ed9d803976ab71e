using System.Globalization;

namespace TelemetryActors.TestKit.Servers;

/// <summary>Takes a body apart that was sent in signed chunks: <c>LENGTH;chunk-signature=HEX</c>, the bytes, and so on to a chunk of none and the trailers.</summary>
internal sealed class AwsChunks
{
    private const string SignatureField = ";chunk-signature=";
    private const string TrailerSignature = "x-amz-trailer-signature";

    private readonly byte[] _framed;
    private int _at;

    /// <exception cref="InvalidDataException">The framing or a signature is wrong.</exception>
    public AwsChunks(byte[] framed, S3Signature signature)
    {
        _framed = framed;
        using var body = new MemoryStream();
        int length;
        do
        {
            var head = Line().Split(SignatureField);
            if (head.Length != 2 || !int.TryParse(head[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out length) || length > framed.Length - _at)
            {
                throw new InvalidDataException("a chunk's head has another form");
            }

            var data = framed.AsSpan(_at, length);
            signature.VerifyChunk(data, head[1]);
            body.Write(data);
            _at += length;
            if (length > 0 && Line().Length > 0)
            {
                throw new InvalidDataException("a chunk is longer than its head says");
            }
        }
        while (length > 0);

        Body = body.ToArray();
        ReadTrailers(signature);
    }

    public byte[] Body { get; }

    /// <summary>The trailers without their signature.</summary>
    public Dictionary<string, string> Trailers { get; } = [];

    private void ReadTrailers(S3Signature signature)
    {
        string? signed = null;
        var lines = "";
        while (_at < _framed.Length && Line() is { Length: > 0 } line)
        {
            var (name, value) = (line.Split(':', 2)[0], line.Split(':', 2)[^1]);
            if (name == TrailerSignature)
            {
                signed = value;
            }
            else
            {
                Trailers[name] = value;
                lines += $"{name}:{value}\n";
            }
        }

        if (Trailers.Count > 0)
        {
            signature.VerifyTrailer(lines, signed ?? throw new InvalidDataException("the trailer is not signed"));
        }
    }

    private string Line()
    {
        var length = _framed.AsSpan(_at).IndexOf("\r\n"u8);
        if (length < 0)
        {
            throw new InvalidDataException("a line of the framing does not end");
        }

        var line = System.Text.Encoding.ASCII.GetString(_framed, _at, length);
        _at += length + 2;
        return line;
    }
}
