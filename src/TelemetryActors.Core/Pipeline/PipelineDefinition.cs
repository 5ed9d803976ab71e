using TelemetryActors.Delivery;

namespace TelemetryActors.Pipeline;

/// <summary>What a pipeline consists of. Every engine runs the same definition.</summary>
public sealed class PipelineDefinition
{
    /// <summary>
    /// Checks all sinks, puts each behind its privacy policy, and puts them in order: the event log first to start and first to be drained, the others as given.
    /// </summary>
    /// <exception cref="ArgumentException">A programming error in the definition; the message lists all of them.</exception>
    public PipelineDefinition(IEnumerable<SinkDefinition> sinks)
    {
        Sinks = [.. sinks.OrderByDescending(sink => sink is { IsEventLog: true })];
        if (FaultsOf(Sinks) is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join("\n", faults), nameof(sinks));
        }

        Sinks = [.. Sinks.Select(PrivacyGate.Guard)];
    }

    /// <summary>The same with a gate before each sink and its privacy policy: it is given every event of a batch, so what it decides by an event's place is right.</summary>
    internal PipelineDefinition(IEnumerable<SinkDefinition> sinks, Func<SinkDefinition, SinkDefinition> gate)
        : this(sinks) => Sinks = [.. Sinks.Select(gate)];

    /// <summary>The sinks in the order of starting and of draining.</summary>
    public IReadOnlyList<SinkDefinition> Sinks { get; }

    /// <summary>How supervisors treat their sinks.</summary>
    public SupervisionPolicy Supervision { get; init; } = new();

    /// <summary>What is wrong with the sinks of a pipeline, each fault with the path of its option; nothing when they can be run.</summary>
    public static IReadOnlyList<string> FaultsOf(IReadOnlyList<SinkDefinition> sinks) => [.. Faults(sinks)];

    private static IEnumerable<string> Faults(IReadOnlyList<SinkDefinition?> given)
    {
        for (var number = 0; number < given.Count; number++)
        {
            if (given[number] is null)
            {
                yield return $"Sinks:{number} must not be null";
            }
        }

        List<SinkDefinition> sinks = [.. given.OfType<SinkDefinition>()];
        foreach (var sink in sinks)
        {
            if (string.IsNullOrEmpty(sink.Name) || sink.Name.Any(letter => !char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter != '-'))
            {
                yield return $"Sinks:{sink.Name} must be named with lower-case letters, digits and hyphens";
            }

            if (sink.Create is null)
            {
                yield return $"Sinks:{sink.Name}:Create must not be null";
            }

            if (sink.Hurry is null)
            {
                yield return $"Sinks:{sink.Name}:Hurry must not be null";
            }

            if (sink.State is < KeptState.Durable or > KeptState.Own)
            {
                yield return $"Sinks:{sink.Name}:State must be one of Durable, None, Own";
            }

            if (sink.Policy is null)
            {
                yield return $"Sinks:{sink.Name}:Policy must not be null";
                continue;
            }

            foreach (var fault in SinkPolicyFaults.Of(sink.Policy, $"Sinks:{sink.Name}"))
            {
                yield return fault;
            }

            if (sink.State == KeptState.Own && sink.Policy.Privacy != PrivacyPolicy.None)
            {
                yield return $"Sinks:{sink.Name}:Privacy must be none for a sink that keeps its own accounts: it would not know what was taken out";
            }

            if (sink is { State: KeptState.Own, NeedsConsent: true })
            {
                yield return $"Sinks:{sink.Name}:NeedsConsent must be off for a sink that keeps its own accounts: it would not know what was held back";
            }
        }

        foreach (var twice in sinks.GroupBy(sink => sink.Name).Where(same => same.Count() > 1))
        {
            yield return $"Sinks:{twice.Key} is there {twice.Count()} times";
        }

        if (sinks.Count(sink => sink.IsEventLog) > 1)
        {
            yield return "Sinks: only one can be the event log";
        }
    }
}
