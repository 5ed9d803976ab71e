namespace TelemetryActors;

/// <summary>Where events go besides the event log, as one word (S2.8, S2.9).</summary>
public enum TelemetryTransport
{
    /// <summary>Uploaded to the endpoint.</summary>
    Http = 0,

    /// <summary>Nowhere else: the event log is all; nothing is uploaded even when an endpoint is set.</summary>
    File,

    /// <summary>To standard output; nothing is uploaded even when an endpoint is set.</summary>
    Console,

    /// <summary>To the sinks that the code has added; nothing is uploaded even when an endpoint is set.</summary>
    Custom,
}
