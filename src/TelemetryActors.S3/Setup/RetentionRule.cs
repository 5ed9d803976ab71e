using Amazon.S3;
using Amazon.S3.Model;

namespace TelemetryActors.Sinks.S3.Setup;

/// <summary>The bucket's rule that ends diagnostics by their age, and no other data (S1.7).</summary>
internal static class RetentionRule
{
    public const string Id = "telemetry-diagnostics";
    public const int DefaultDays = 30;

    // An upload in parts that nobody has completed for a day belongs to a process that is gone.
    private const int IncompleteDays = 1;

    public static LifecycleRule Of(string prefix, int days) => new()
    {
        Id = Id,
        Status = LifecycleRuleStatus.Enabled,
        Filter = new LifecycleFilter { LifecycleFilterPredicate = new LifecyclePrefixPredicate { Prefix = prefix } },
        Expiration = new LifecycleRuleExpiration { Days = days },

        // In a bucket that keeps versions, an expired object would otherwise stay as an old version for ever.
        NoncurrentVersionExpiration = new LifecycleRuleNoncurrentVersionExpiration { NoncurrentDays = IncompleteDays },
        AbortIncompleteMultipartUpload = new LifecycleRuleAbortIncompleteMultipartUpload { DaysAfterInitiation = IncompleteDays },
    };

    /// <summary>All rules of a bucket with ours in them: those of others stay as they are.</summary>
    public static List<LifecycleRule> Merge(IEnumerable<LifecycleRule> existing, string prefix, int days) =>
        [.. existing.Where(rule => rule.Id != Id && !IsOursInEffect(rule, prefix)), Of(prefix, days)];

    /// <summary>What is wrong with a bucket's rules; null when diagnostics end at their age.</summary>
    public static string? FaultOf(IReadOnlyCollection<LifecycleRule> rules, string prefix, int days)
    {
        var ours = rules.Where(rule => IsOursInEffect(rule, prefix) && rule.Expiration?.Days is not null).ToList();
        if (ours.Count == 0)
        {
            return $"no rule ends objects under {prefix}";
        }

        if (ours.Min(rule => rule.Expiration.Days) is var least && least != days)
        {
            return $"objects under {prefix} end after {least} days, not {days}";
        }

        return ours.Any(rule => rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation is not null) ? null : $"no rule ends incomplete uploads under {prefix}";
    }

    private static bool IsOursInEffect(LifecycleRule rule, string prefix) => rule.Status == LifecycleRuleStatus.Enabled && PrefixOf(rule) == prefix;

    private static string? PrefixOf(LifecycleRule rule) => rule.Filter switch
    {
        { LifecycleFilterPredicate: LifecyclePrefixPredicate predicate } => predicate.Prefix,
        { Prefix: { } prefix } => prefix,
        _ => null,
    };
}
