using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TelemetryActors.Configuration;
using TelemetryActors.Supervision;

namespace TelemetryActors.Hosting;

/// <summary>What the supervisors' reports mean for the health of the host.</summary>
internal static class TelemetryHealth
{
    /// <summary>Of a client that runs; unhealthy of one that has ended, whose sinks take nothing any more.</summary>
    public static HealthCheckResult Of(TelemetryClient client) =>
        client.HasEnded ? HealthCheckResult.Unhealthy("The telemetry has ended.") : Of(client.Sinks, client.Pipeline.LogFault);

    /// <summary>Healthy; degraded while a sink takes nothing - it hangs, too - except for want of consent or as telemetry is switched off; unhealthy while the event log takes nothing, or nothing runs yet.</summary>
    /// <param name="sinks">Every sink as its supervisor sees it, the event log first.</param>
    /// <param name="logFault">Why nothing gets into the event log, whatever its supervisor sees; null while it is written.</param>
    public static HealthCheckResult Of(IReadOnlyList<SinkStatus> sinks, string? logFault = null)
    {
        if (sinks.Count == 0)
        {
            return HealthCheckResult.Unhealthy("The pipeline has not started.");
        }

        var still = sinks.Where(IsStill).ToList();
        var isLogStill = IsStill(sinks[0]);
        if (still.Count == 0 && logFault is null)
        {
            return HealthCheckResult.Healthy("Every sink takes events.");
        }

        var data = still.SelectMany(DataOf).ToDictionary(entry => entry.Key, entry => entry.Value);
        var what = string.Join("; ", still.Select(Describe).Prepend(isLogStill ? null : logFault).OfType<string>());
        return isLogStill || logFault is not null ? HealthCheckResult.Unhealthy(what, data: data) : HealthCheckResult.Degraded(what, data: data);
    }

    // An upload that nobody has consented to is as its owner wants it, and so is telemetry that is switched off.
    private static bool IsStill(SinkStatus sink) =>
        sink.WhyHeld is null && IsStopped(sink);

    private static bool IsStopped(SinkStatus sink) =>
        sink.IsPaused || sink.LoadFault is not null || Hangs(sink) || (sink.Circuit.State != CircuitState.Closed && !UploadConsent.IsCause(sink.Circuit.Cause));

    private static bool Hangs(SinkStatus sink) => sink.Call is { IsGivenUp: true };

    private static string StateOf(SinkStatus sink) =>
        sink.LoadFault is not null ? "broken"
        : sink.IsPaused ? "paused"
        : sink.Circuit.IsMisconfigured ? "misconfigured"
        : Hangs(sink) ? "hanging"
        : sink.Circuit.State == CircuitState.Probing ? "probing"
        : "open";

    private static string? CauseOf(SinkStatus sink) => sink.LoadFault ?? sink.Circuit.Cause;

    private static string Describe(SinkStatus sink)
    {
        var what = CauseOf(sink) is { } cause ? $"{sink.Name} is {StateOf(sink)}: {cause}" : $"{sink.Name} is {StateOf(sink)}";
        return Hangs(sink) ? string.Create(CultureInfo.InvariantCulture, $"{what}; its call hangs since {sink.Call!.Since.UtcDateTime:s}Z") : what;
    }

    private static IEnumerable<KeyValuePair<string, object>> DataOf(SinkStatus sink)
    {
        yield return new($"{sink.Name}.state", StateOf(sink));
        yield return new($"{sink.Name}.pending", sink.Pending);
        if (CauseOf(sink) is { } cause)
        {
            yield return new($"{sink.Name}.cause", cause);
        }

        if (Hangs(sink))
        {
            yield return new($"{sink.Name}.hangs_since", sink.Call!.Since);
        }

        if (sink.Circuit.OpenUntil is { } until)
        {
            yield return new($"{sink.Name}.open_until", until);
        }
    }
}
