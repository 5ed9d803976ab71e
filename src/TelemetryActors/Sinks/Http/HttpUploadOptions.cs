using TelemetryActors.Delivery;

namespace TelemetryActors.Sinks.Http;

/// <summary>The upload of events over HTTP (S0.28, S2.5): silent until there is an address and recorded consent.</summary>
public sealed class HttpUploadOptions
{
    /// <summary>The address that takes <c>{"events":[...]}</c>; null uploads nothing.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Waiting events that trigger an upload, from 1 to 10000; 50.</summary>
    public int MaxBufferSize { get; set; } = SinkPolicies.UploadEvents;

    /// <summary>The longest time an event waits for its upload; 30 s.</summary>
    public TimeSpan FlushInterval { get; set; } = SinkPolicies.UploadInterval;

    /// <summary>Headers sent with each upload, for instance a credential; shown nowhere.</summary>
    public IDictionary<string, string> Headers { get; private set; } = new Dictionary<string, string>();

    internal HttpUploadOptions Copy()
    {
        var copy = (HttpUploadOptions)MemberwiseClone();
        copy.Headers = new Dictionary<string, string>(Headers);
        return copy;
    }
}
