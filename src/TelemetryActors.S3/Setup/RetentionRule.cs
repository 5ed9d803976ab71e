using System.Globalization;
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

    /// <summary>The rule.</summary>
    /// <exception cref="ArgumentException">The prefix is empty: it would end everything in the bucket.</exception>
    public static LifecycleRule Of(string prefix, int days)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        return new LifecycleRule
        {
            Id = Id,
            Status = LifecycleRuleStatus.Enabled,
            Filter = new LifecycleFilter { LifecycleFilterPredicate = new LifecyclePrefixPredicate { Prefix = prefix } },
            Expiration = new LifecycleRuleExpiration { Days = days },

            // In a bucket that keeps versions, an expired object would otherwise stay as an old version for ever.
            NoncurrentVersionExpiration = new LifecycleRuleNoncurrentVersionExpiration { NoncurrentDays = IncompleteDays },
            AbortIncompleteMultipartUpload = new LifecycleRuleAbortIncompleteMultipartUpload { DaysAfterInitiation = IncompleteDays },
        };
    }

    /// <summary>All rules of a bucket with ours in them: those of others stay as they are.</summary>
    public static List<LifecycleRule> Merge(IEnumerable<LifecycleRule> existing, string prefix, int days) =>
        [.. existing.Where(rule => rule.Id != Id), Of(prefix, days)];

    /// <summary>What is missing in a bucket's rules so that diagnostics end at their age; null when nothing is.</summary>
    public static string? FaultOf(IReadOnlyCollection<LifecycleRule> rules, string prefix, int days)
    {
        var ours = rules.Where(rule => IsInEffect(rule) && ScopeOf(rule) == prefix && rule.Expiration?.Days is not null).ToList();
        if (ours.Count == 0)
        {
            return $"no rule ends objects under {prefix}";
        }

        var own = ours.FirstOrDefault(rule => rule.Id == Id);
        if ((own?.Expiration.Days ?? ours.Min(rule => rule.Expiration.Days)) is var least && least != days)
        {
            return $"objects under {prefix} end after {least} days, not {days}";
        }

        return ours.Any(rule => rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation is not null) ? null : $"no rule ends incomplete uploads under {prefix}";
    }

    /// <summary>Which rules of others end diagnostics sooner; null when none does. They are not ours to change.</summary>
    public static string? SoonerOf(IEnumerable<LifecycleRule> rules, string prefix, int days)
    {
        var sooner = rules
            .Where(rule => rule.Id != Id && IsInEffect(rule) && ScopeOf(rule) is { } scope && Meet(scope, prefix)
                && (rule.Expiration?.Days < days || rule.Expiration?.Date is not null))
            .Select(rule => $"{rule.Id} ({(ScopeOf(rule)!.Length > prefix.Length ? ScopeOf(rule) + " " : "")}{When(rule.Expiration)})")
            .ToList();
        return sooner.Count == 0 ? null : $"objects under {prefix} end sooner by rules of others: {string.Join(", ", sooner)}";
    }

    private static string When(LifecycleRuleExpiration end) =>
        end.Days is { } days ? $"after {days} days" : string.Create(CultureInfo.InvariantCulture, $"from {end.Date:yyyy-MM-dd} on");

    private static bool IsInEffect(LifecycleRule rule) => rule.Status == LifecycleRuleStatus.Enabled;

    private static bool Meet(string one, string other) => one.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(one, StringComparison.Ordinal);

    // What the keys begin with for which a rule holds; null when it holds only for objects with tags, which ours have not.
    private static string? ScopeOf(LifecycleRule rule) => rule.Filter switch
    {
        null => OldPrefixOf(rule),
        { LifecycleFilterPredicate: { } predicate } => ScopeOf(predicate),
        { Tag: not null } or { And.Tags.Count: > 0 } => null,
        { And: { } and } => and.Prefix ?? "",
        { Prefix: var prefix } => prefix ?? "",
    };

    private static string? ScopeOf(LifecycleFilterPredicate predicate) => predicate switch
    {
        LifecyclePrefixPredicate prefix => prefix.Prefix,
        LifecycleTagPredicate => null,
        LifecycleAndOperator all => all.Operands.Any(operand => ScopeOf(operand) is null) ? null : all.Operands.Select(ScopeOf).MaxBy(scope => scope!.Length),
        _ => "",
    };

#pragma warning disable CS0618 // The SDK calls the prefix of rules from before 2018 obsolete; buckets have them still.
    private static string OldPrefixOf(LifecycleRule rule) => rule.Prefix ?? "";
#pragma warning restore CS0618
}
