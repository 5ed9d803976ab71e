using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Sinks.Http;

/// <summary>Defines the http sink: 50 events or 30 s, 10 KB a payload, one retry, then discarded (S2.5, S2.6, S1.15).</summary>
public static class HttpSinkRegistration
{
    /// <summary>The sink's name unless another is given.</summary>
    public const string DefaultName = "http";

    /// <summary>A sink that sends nothing from before it was first configured: consent does not cover the past.</summary>
    public static SinkDefinition Define(HttpSinkOptions options, string name = DefaultName) =>
        new(name, SinkPolicies.Upload, context => new HttpSink(options, context.Time)) { StartsAtTail = true, NeedsConsent = true };
}
