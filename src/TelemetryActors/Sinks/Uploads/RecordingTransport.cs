using System.Net;

namespace TelemetryActors.Sinks.Uploads;

/// <summary>Stands where the network is, keeps the bodies of requests and says yes.</summary>
internal sealed class RecordingTransport : HttpMessageHandler
{
    private readonly List<byte[]> _bodies = [];

    /// <summary>What would have been sent, in order.</summary>
    public IReadOnlyList<byte[]> Bodies => _bodies;

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _bodies.Add(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
        return new HttpResponseMessage(HttpStatusCode.OK);
    }
}
