using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.Console;
using TelemetryActors.Sinks.Http;

namespace TelemetryActors.Client;

/// <summary>The sinks that options ask for: those the code has added, and those that are only settings.</summary>
internal static class SinkList
{
    private const string DebugName = "debug";

    public static IReadOnlyList<SinkDefinition> Of(TelemetryOptions options, UploadConsent consent, DeviceIdentityFile device)
    {
        List<SinkDefinition> sinks = [.. options.Sinks];
        if (options.Transport == TelemetryTransport.Console)
        {
            AddUnlessThere(sinks, ConsoleSinkRegistration.Define(new ConsoleSinkOptions()));
        }

        if (options.Debug)
        {
            AddUnlessThere(sinks, ConsoleSinkRegistration.Define(new ConsoleSinkOptions { Writer = Console.Error }, DebugName));
        }

        if (options.Http.Endpoint is { } endpoint && options.Transport is null or TelemetryTransport.Http)
        {
            AddUnlessThere(sinks, Upload(options.Http, endpoint, consent));
        }

        var context = new SinkKitContext(options, device);
        foreach (var kit in options.Kits)
        {
            if (kit.Define(context) is { } sink)
            {
                AddUnlessThere(sinks, sink);
            }
        }

        return sinks;
    }

    /// <summary>The upload's policy with these limits.</summary>
    public static SinkPolicy UploadPolicy(HttpUploadOptions http) => SinkPolicies.Upload.WithBatching(http.MaxBufferSize, http.FlushInterval);

    private static SinkDefinition Upload(HttpUploadOptions http, Uri endpoint, UploadConsent consent)
    {
        var options = new HttpSinkOptions { Endpoint = endpoint, HasConsent = () => consent.IsGiven };
        foreach (var (name, value) in http.Headers)
        {
            options.Headers[name] = value;
        }

        return HttpSinkRegistration.Define(options) with { Policy = UploadPolicy(http) };
    }

    private static void AddUnlessThere(List<SinkDefinition> sinks, SinkDefinition sink)
    {
        if (sinks.All(other => other.Name != sink.Name))
        {
            sinks.Add(sink);
        }
    }
}
