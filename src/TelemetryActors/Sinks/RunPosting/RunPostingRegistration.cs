using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Sinks.RunPosting;

/// <summary>Defines the sink that posts runs: tried again after 1, 2 and 4 s, then kept for later (S4.13, S4.19).</summary>
internal static class RunPostingRegistration
{
    public const string Name = "runs";

    public static SinkDefinition Define(RunPostingOptions options, Func<bool> hasConsent, HttpMessageHandler? transport = null) =>
        new(Name, SinkPolicies.RunPosting, context => new RunPostingSink(options, hasConsent, context.Time, transport))
        {
            StartsAtTail = true,
            NeedsConsent = true,
            Asks = RunPostingSink.IsPosted,
        };
}
