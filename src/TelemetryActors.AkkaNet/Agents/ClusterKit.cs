using Akka.Actor;
using TelemetryActors.Configuration;
using TelemetryActors.Pipeline;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>The cluster sink with its settings, <c>sinks.cluster.*</c>.</summary>
internal sealed class ClusterKit(ClusterSinkOptions options) : SinkKit
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private static readonly Setting[] All =
    [
        Setting.Of(
            "sinks.cluster.seeds", SettingTypes.NamesOf(ClusterSinkOptionsFaults.SeedRule, ClusterSinkOptionsFaults.IsSeed),
            options => Of(options).Seeds, SetSeeds),
        Setting.Of(
            "sinks.cluster.systemName", SettingTypes.TextOf(ClusterSinkOptionsFaults.SystemNameRule, ClusterSinkOptionsFaults.IsSystemName),
            options => Of(options).SystemName, (options, value) => Of(options).SystemName = value!),
        Setting.Of(
            "sinks.cluster.hostName", SettingTypes.TextOf(ClusterSinkOptionsFaults.HostNameRule, ClusterSinkOptionsFaults.IsHostName),
            options => Of(options).HostName, (options, value) => Of(options).HostName = value),
        Setting.Of("sinks.cluster.port", SettingTypes.Count(0, ushort.MaxValue), options => Of(options).Port, (options, value) => Of(options).Port = value),
        Setting.Of(
            "sinks.cluster.flushInterval", SettingTypes.Duration(TimeSpan.Zero, Longest),
            options => Of(options).FlushInterval, (options, value) => Of(options).FlushInterval = value),
        Setting.Of(
            "sinks.cluster.answerTimeout", SettingTypes.Duration(TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
            options => Of(options).AnswerTimeout, (options, value) => Of(options).AnswerTimeout = value),
        Setting.Of(
            "sinks.cluster.openTime", SettingTypes.Duration(ClusterSinkRegistration.FirstOpenTime, Longest),
            options => Of(options).OpenTime, (options, value) => Of(options).OpenTime = value),
    ];

    public ClusterSinkOptions Options { get; } = options;

    /// <summary>Completed with the service's own actor system, once that has the way to the runs; null where the sink makes a system of its own.</summary>
    public TaskCompletionSource<ActorSystem>? OfService { get; set; }

    public override string Name => ClusterSinkRegistration.DefaultName;

    public override IReadOnlyList<Setting> Settings => All;

    public override IEnumerable<string> Faults() => ClusterSinkOptionsFaults.Of(Options);

    // A transport in one word that is not the owner's own choice of sinks leaves the collectors out.
    public override SinkDefinition? Define(SinkKitContext context) =>
        OfService is { } service ? ClusterSinkRegistration.Define(Options, () => new ServiceRegion(service.Task))
        : Options.Seeds.Count > 0 && context.Options.Transport is null or TelemetryTransport.Custom
            ? ClusterSinkRegistration.Define(Options, () => new AgentSystem(Options, TimeProvider.System))
            : null;

    public override SinkKit Copy() => new ClusterKit(Options.Copy()) { OfService = OfService };

    public override SinkKit Fresh() => new ClusterKit(new ClusterSinkOptions());

    private static ClusterSinkOptions Of(TelemetryOptions options) => options.Kit<ClusterKit>().Options;

    private static void SetSeeds(TelemetryOptions options, IEnumerable<string> seeds)
    {
        Of(options).Seeds.Clear();
        foreach (var seed in seeds.ToList())
        {
            Of(options).Seeds.Add(seed);
        }
    }
}
