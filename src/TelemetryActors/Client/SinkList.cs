using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.Community;
using TelemetryActors.Sinks.Console;
using TelemetryActors.Sinks.Http;
using TelemetryActors.Sinks.RunPosting;

namespace TelemetryActors.Client;

/// <summary>The sinks that options ask for: those the code has added, and those that are only settings.</summary>
internal static class SinkList
{
    private const string DebugName = "debug";

    /// <param name="options">The client's options with every setting in them.</param>
    /// <param name="consent">Asked before each upload.</param>
    /// <param name="device">Who this installation is.</param>
    /// <param name="transport">What carries the uploads' requests; null: the network.</param>
    public static IReadOnlyList<SinkDefinition> Of(
        TelemetryOptions options, Func<bool> consent, DeviceIdentityFile device, HttpMessageHandler? transport = null)
    {
        if (options.HasOnlyTheLog)
        {
            return [];
        }

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
            AddUnlessThere(sinks, Upload(options.Http, endpoint, consent, transport));
        }

        if (options.Community.Endpoint is { } community && options.EnableCommunity)
        {
            AddUnlessThere(sinks, Community(options, community, consent, device, transport));
        }

        if (options.RunPosting is { Endpoint: not null, Enabled: true })
        {
            AddUnlessThere(sinks, RunPostingRegistration.Define(options.RunPosting, consent, transport));
        }

        var context = new SinkKitContext(options, device);
        foreach (var kit in options.Kits)
        {
            if (kit.Define(context) is { } sink)
            {
                AddUnlessThere(sinks, sink);
            }
        }

        return options.OnlySinks is { } only ? [.. sinks.Where(sink => only.Contains(sink.Name))] : sinks;
    }

    /// <summary>The upload's policy with these limits.</summary>
    public static SinkPolicy UploadPolicy(HttpUploadOptions http) => SinkPolicies.Upload.WithBatching(http.MaxBufferSize, http.FlushInterval);

    private static SinkDefinition Community(
        TelemetryOptions options, Uri endpoint, Func<bool> consent, DeviceIdentityFile device, HttpMessageHandler? transport) =>
        CommunitySinkRegistration.Define(new CommunitySinkOptions(endpoint, consent, device, new AppRegistry(options.Files, options.BaseDirectory!))
        {
            SendsEvents = options.Community.SendEvents,
            Headers = options.Community.Headers,
            Transport = transport,
        });

    private static SinkDefinition Upload(HttpUploadOptions http, Uri endpoint, Func<bool> consent, HttpMessageHandler? transport)
    {
        var options = new HttpSinkOptions { Endpoint = endpoint, HasConsent = consent, Transport = transport };
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
