using System.Runtime.CompilerServices;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.Community;
using TelemetryActors.Sinks.Console;
using TelemetryActors.Sinks.Delegate;
using TelemetryActors.Sinks.Http;
using TelemetryActors.Sinks.RunPosting;

namespace TelemetryActors;

/// <summary>Adds sinks to a client's options, one after the other, as a sentence.</summary>
public static class TelemetrySinkExtensions
{
    /// <summary>Shows events on the console (S2.8).</summary>
    public static TelemetryOptions AddConsole(this TelemetryOptions options, Action<ConsoleSinkOptions>? configure = null)
    {
        var console = new ConsoleSinkOptions();
        configure?.Invoke(console);
        return options.AddSink(ConsoleSinkRegistration.Define(console));
    }

    /// <summary>Uploads events to an address, once consent is recorded (S0.28, D.9). Settings from outside can name another one.</summary>
    public static TelemetryOptions AddHttp(this TelemetryOptions options, Uri endpoint, Action<HttpUploadOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Http.Endpoint = endpoint;
        configure?.Invoke(options.Http);
        return options;
    }

    /// <summary>Sends community reports (S1.9), once <see cref="TelemetryOptions.EnableCommunity"/> is set and consent is recorded.</summary>
    public static TelemetryOptions AddCommunity(this TelemetryOptions options, Action<CommunityOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(configure);
        configure(options.Community);
        return options;
    }

    /// <summary>Posts each finished run to an address (S4.13), once consent is recorded. Settings from outside can name another one.</summary>
    public static TelemetryOptions AddRunPosting(this TelemetryOptions options, Uri endpoint, Action<RunPostingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.RunPosting.Endpoint = endpoint;
        configure?.Invoke(options.RunPosting);
        return options;
    }

    /// <summary>Hands batches to a delegate that returns when all is delivered and throws when it is to be tried again (S2.8).</summary>
    /// <remarks>A lambda that only throws is this one.</remarks>
    [OverloadResolutionPriority(1)]
    public static TelemetryOptions AddDelegate(this TelemetryOptions options, string name, Func<SinkBatch, CancellationToken, ValueTask> deliver) =>
        options.AddSink(DelegateSinkRegistration.Define(name, deliver));

    /// <summary>Hands batches to a delegate that says what happened.</summary>
    public static TelemetryOptions AddDelegate(
        this TelemetryOptions options, string name, Func<SinkBatch, CancellationToken, ValueTask<SinkOutcome>> deliver) =>
        options.AddSink(DelegateSinkRegistration.Define(name, deliver));

    /// <summary>Adds any other sink.</summary>
    public static TelemetryOptions AddSink(this TelemetryOptions options, SinkDefinition sink)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Sinks.Add(sink);
        return options;
    }
}
