namespace TelemetryActors.Delivery;

/// <summary>Finds what is wrong with a policy, all of it at once.</summary>
public static class SinkPolicyFaults
{
    /// <summary>The longest that anything may wait: an instant that much later can still be told.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromDays(36_500);

    // Far below what a timer takes.
    private static readonly TimeSpan LongestCall = TimeSpan.FromDays(1);

    /// <summary>The faults of a policy, each with the path of its option; none when it can be used.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="path">Where the policy stands in the configuration, for instance <c>Sinks:S3</c>.</param>
    public static IReadOnlyList<string> Of(SinkPolicy policy, string path)
    {
        List<string> faults = [];
        if (policy.RetryDelays is null || policy.Circuit is null)
        {
            Check(policy.RetryDelays is not null, nameof(policy.RetryDelays), "must not be null");
            Check(policy.Circuit is not null, nameof(policy.Circuit), "must not be null");
            return faults;
        }

        Check(policy.FlushEvents >= 1, nameof(policy.FlushEvents), "must be at least 1");
        Check(policy.MaxBatchEvents >= policy.FlushEvents, nameof(policy.MaxBatchEvents), $"must be at least {nameof(policy.FlushEvents)}");
        Check(policy.MaxBatchBytes is >= 1 and <= 256 * 1024 * 1024, nameof(policy.MaxBatchBytes), "must be from 1 to 256 MiB");
        Check(IsWait(policy.FlushInterval), nameof(policy.FlushInterval), $"must be from 0 to {LongestWait}");
        Check(policy.RetryDelays.All(IsWait), nameof(policy.RetryDelays), $"must be from 0 to {LongestWait}");
        Check(IsCall(policy.CallTimeout), nameof(policy.CallTimeout), $"must be over 0 and up to {LongestCall}");
        Check(IsCall(policy.ProbeTimeout), nameof(policy.ProbeTimeout), $"must be over 0 and up to {LongestCall}");
        Check(IsWait(policy.DrainPace), nameof(policy.DrainPace), $"must be from 0 to {LongestWait}");
        Check(policy.MaxRetryAfterInARow >= 0, nameof(policy.MaxRetryAfterInARow), "must not be negative");
        Check(policy.MaxRejectionsInARow >= 1, nameof(policy.MaxRejectionsInARow), "must be at least 1");
        Check(policy.WhenExhausted is >= WhenExhausted.Keep and <= WhenExhausted.Discard, nameof(policy.WhenExhausted), "must be one of Keep, Discard");
        Check(policy.Privacy is >= PrivacyPolicy.None and <= PrivacyPolicy.Reject, nameof(policy.Privacy), "must be one of None, Strip, Reject");
        Check(policy.Circuit.FailuresTolerated >= 0, "Circuit:FailuresTolerated", "must not be negative");
        Check(policy.Circuit.FirstOpenTime > TimeSpan.Zero, "Circuit:FirstOpenTime", "must be positive");
        Check(
            policy.Circuit.MaxOpenTime >= policy.Circuit.FirstOpenTime && policy.Circuit.MaxOpenTime <= LongestWait,
            "Circuit:MaxOpenTime", $"must be from FirstOpenTime to {LongestWait}");
        Check(policy.Circuit.JitterShare is >= 0 and <= 0.1, "Circuit:JitterShare", "must be from 0 to 0.1");
        return faults;

        void Check(bool holds, string option, string fault)
        {
            if (!holds)
            {
                faults.Add($"{path}:{option} {fault}");
            }
        }
    }

    private static bool IsWait(TimeSpan time) => time >= TimeSpan.Zero && time <= LongestWait;

    private static bool IsCall(TimeSpan time) => time > TimeSpan.Zero && time <= LongestCall;
}
