namespace TelemetryActors.Delivery;

/// <summary>Finds what is wrong with a policy, all of it at once.</summary>
public static class SinkPolicyFaults
{
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
        Check(policy.FlushInterval >= TimeSpan.Zero, nameof(policy.FlushInterval), "must not be negative");
        Check(policy.RetryDelays.All(delay => delay >= TimeSpan.Zero), nameof(policy.RetryDelays), "must not be negative");
        Check(policy.CallTimeout > TimeSpan.Zero, nameof(policy.CallTimeout), "must be positive");
        Check(policy.ProbeTimeout > TimeSpan.Zero, nameof(policy.ProbeTimeout), "must be positive");
        Check(policy.DrainPace >= TimeSpan.Zero, nameof(policy.DrainPace), "must not be negative");
        Check(policy.MaxRetryAfterInARow >= 0, nameof(policy.MaxRetryAfterInARow), "must not be negative");
        Check(policy.MaxRejectionsInARow >= 1, nameof(policy.MaxRejectionsInARow), "must be at least 1");
        Check(policy.WhenExhausted is >= WhenExhausted.Keep and <= WhenExhausted.Discard, nameof(policy.WhenExhausted), "must be one of Keep, Discard");
        Check(policy.Privacy is >= PrivacyPolicy.None and <= PrivacyPolicy.Reject, nameof(policy.Privacy), "must be one of None, Strip, Reject");
        Check(policy.Circuit.FailuresTolerated >= 0, "Circuit:FailuresTolerated", "must not be negative");
        Check(policy.Circuit.FirstOpenTime > TimeSpan.Zero, "Circuit:FirstOpenTime", "must be positive");
        Check(policy.Circuit.MaxOpenTime >= policy.Circuit.FirstOpenTime, "Circuit:MaxOpenTime", "must be at least FirstOpenTime");
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
}
