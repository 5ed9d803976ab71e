using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace TelemetryActors.TestKit.Servers;

/// <summary>A small S3 server on loopback that takes nothing it has not verified: signature version 4, every signed chunk, every checksum, every trailer.</summary>
/// <remarks>It knows PUT, GET and DELETE of objects and uploads in parts; what a request got wrong is in <see cref="Faults"/> and answered with 400.</remarks>
public sealed class StrictS3Server : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, StoredUpload> _objects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, StoredUpload> _begun = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SortedDictionary<int, byte[]>> _parts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile Refusal? _refusal;
    private int _requests;

    /// <summary>Starts on a free port.</summary>
    public StrictS3Server()
    {
        using (var port = new TcpListener(IPAddress.Loopback, 0))
        {
            port.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)port.LocalEndpoint).Port}/");
        }

        _listener.Prefixes.Add(Address.AbsoluteUri);
        _listener.Start();
        _ = ServeAsync();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>The one user.</summary>
    public S3Account Owner { get; } = new("STRICTKEY", "strict+secret/with=signs");

    /// <summary>What was stored, by path (<c>/bucket/key</c>), the last content of each.</summary>
    public IReadOnlyDictionary<string, StoredUpload> Objects => _objects;

    /// <summary>What requests got wrong, in order.</summary>
    public IReadOnlyList<string> Faults => [.. _faults];

    /// <summary>Uploads in parts that were begun and neither completed nor aborted.</summary>
    public int OpenUploads => _parts.Count;

    /// <summary>How many requests came, refused ones included.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Answers every request with an error from now on.</summary>
    /// <param name="status">The status.</param>
    /// <param name="code">S3's code for it; null answers without a body.</param>
    /// <param name="headers">Headers of the answer.</param>
    public void Refuse(int status, string? code = null, params IReadOnlyList<(string Name, string Value)> headers) => _refusal = new Refusal(status, code, headers);

    /// <summary>Refuses no more.</summary>
    public void Recover() => _refusal = null;

    /// <summary>Takes requests from now on and answers none until what is returned is disposed.</summary>
    public IDisposable Hold()
    {
        _gate.Wait();
        return new HeldGate(_gate);
    }

    /// <inheritdoc />
    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                await ServeAsync(await _listener.GetContextAsync());
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or IOException)
            {
                // The client went away, or the server was closed, which the loop's condition sees.
            }
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body);
        Interlocked.Increment(ref _requests);
        await _gate.WaitAsync();
        _gate.Release();
        if (_refusal is { } refusal)
        {
            Answer(context.Response, refusal);
            return;
        }

        try
        {
            var upload = S3Request.Verify(context.Request, body.ToArray(), Owner);
            Serve(context, upload);
        }
        catch (InvalidDataException fault)
        {
            _faults.Enqueue(fault.Message);
            Answer(context.Response, new Refusal(400, "InvalidRequest", []));
        }
    }

    private void Serve(HttpListenerContext context, StoredUpload upload)
    {
        var (request, response) = (context.Request, context.Response);
        var path = request.Url!.AbsolutePath;
        var uploadId = request.QueryString["uploadId"];
        switch (request.HttpMethod)
        {
            case "POST" when request.Url.Query == "?uploads":
                var id = Guid.NewGuid().ToString("N");
                _parts[id] = [];
                _begun[id] = upload;
                Answer(response, $"<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>");
                return;
            case "PUT" when uploadId is not null:
                _parts[uploadId][int.Parse(request.QueryString["partNumber"]!, System.Globalization.CultureInfo.InvariantCulture)] = upload.Body;
                break;
            case "POST" when uploadId is not null:
                _parts.TryRemove(uploadId, out var parts);
                _begun.TryRemove(uploadId, out var begun);
                _objects[path] = begun! with { Body = [.. parts!.Values.SelectMany(part => part)] };
                Answer(response, "<CompleteMultipartUploadResult><ETag>\"all\"</ETag></CompleteMultipartUploadResult>");
                return;
            case "DELETE" when uploadId is not null:
                _parts.TryRemove(uploadId, out _);
                _begun.TryRemove(uploadId, out _);
                break;
            case "PUT":
                _objects[path] = upload;
                break;
            case "GET" when _objects.TryGetValue(path, out var stored):
                response.OutputStream.Write(stored.Body);
                break;
            case "DELETE":
                _objects.TryRemove(path, out _);
                break;
            default:
                Answer(response, new Refusal(404, "NoSuchKey", []));
                return;
        }

        response.AddHeader("ETag", $"\"{Convert.ToHexStringLower(SHA256.HashData(upload.Body)[..16])}\"");
        response.Close();
    }

    private static void Answer(HttpListenerResponse response, Refusal refusal)
    {
        response.StatusCode = refusal.Status;
        foreach (var (name, value) in refusal.Headers)
        {
            response.AddHeader(name, value);
        }

        if (refusal.Code is { } code)
        {
            Answer(response, $"<Error><Code>{code}</Code><Message>The server's own words.</Message></Error>");
        }
        else
        {
            response.Close();
        }
    }

    private static void Answer(HttpListenerResponse response, string xml)
    {
        response.ContentType = "application/xml";
        response.Close(System.Text.Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + xml), willBlock: false);
    }

    private sealed record Refusal(int Status, string? Code, IReadOnlyList<(string Name, string Value)> Headers);
}
