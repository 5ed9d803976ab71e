using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Sinks.Community;

/// <summary>Defines the community sink: a report an hour, or events like an upload; one retry, then discarded (S1.15, S1.16).</summary>
internal static class CommunitySinkRegistration
{
    public const string Name = "community";

    public static SinkDefinition Define(CommunitySinkOptions options) => new(
        Name,
        options.SendsEvents ? SinkPolicies.Community : SinkPolicies.CommunityReports,
        context => new CommunitySink(options, context.Time))
    {
        StartsAtTail = true,
        NeedsConsent = true,
    };

    /// <summary>
    /// Forgets where the sink was when it is switched off: switched on again, it begins with what comes next, and what was recorded in between stays here (S1.20).
    /// </summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Forget(IFileSystem files, string baseDirectory)
    {
        var state = SinkPaths.State(baseDirectory, Name);
        if (files.Identify(state) is null)
        {
            return;
        }

        // Another process may have it switched on: then it goes on there.
        using var owner = SinkHold.TryTake(files, baseDirectory, Name);
        if (owner is not null)
        {
            files.Delete(state);
        }
    }
}
