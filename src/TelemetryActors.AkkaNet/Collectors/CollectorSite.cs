using Akka.Actor;
using Akka.Cluster;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;

namespace TelemetryActors.AkkaNet.Collectors;

/// <summary>What a collector has around it: its region of runs, the others, its event log and its disk.</summary>
internal sealed record CollectorSite
{
    /// <summary>The region of runs, which is there at first.</summary>
    public required IActorRef Region { get; init; }

    /// <summary>Starts the region once more, when it has ended.</summary>
    public required Func<Task<IActorRef>> StartRegion { get; init; }

    /// <summary>Starts the way to the runs that others host, or finds it.</summary>
    public required Func<Task<IActorRef>> StartProxy { get; init; }

    /// <summary>Whether the collector at an address is another one, up and in sight.</summary>
    public required Func<Address, bool> IsOther { get; init; }

    /// <summary>Whether the system is ending, or its member leaves.</summary>
    public Func<bool> IsEnding { get; init; } = () => false;

    /// <summary>The event log, as its supervisor sees it now; null when there is none.</summary>
    public required Func<SinkStatus?> Log { get; init; }

    /// <summary>Why nothing can be written to the base directory; null when something can. Touches the disk, and may hang with it.</summary>
    public required Func<string?> WhyNotWritable { get; init; }

    /// <summary>Why nothing is recorded, as telemetry is switched off; null while it is on.</summary>
    public Func<string?> WhyShut { get; init; } = () => null;

    /// <summary>How often the log is looked at.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(1);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>That of a service's own system.</summary>
    public static CollectorSite Of(ActorSystem system, SystemTelemetry telemetry, IActorRef region) => new()
    {
        Region = region,
        StartRegion = () => RunRegion.StartAgainAsync(system, telemetry),
        StartProxy = () => RunRegion.StartProxyAsync(system),
        IsOther = address => IsOtherIn(Cluster.Get(system), address),
        IsEnding = () => IsEndingIn(system),
        Log = () => telemetry.Client.Sinks is [var log, ..] ? log : null,
        WhyShut = () => telemetry.Client.Writer.Admission.WhyShut,
        WhyNotWritable = () => BaseDirectoryProbe.WhyNot(DiskFileSystem.Instance, telemetry.Client.BaseDirectory),
    };

    /// <summary>Whether a system ends, or its member leaves or was removed: a member that is down ends its regions before anything else of it ends.</summary>
    /// <remarks>Of who has not joined yet the cluster says <see cref="MemberStatus.Removed"/>; of who was removed, that it is terminated.</remarks>
    internal static bool IsEndingIn(ActorSystem system)
    {
        var cluster = Cluster.Get(system);
        return CoordinatedShutdown.Get(system).ShutdownReason is not null || cluster.IsTerminated
            || cluster.SelfMember.Status is MemberStatus.Leaving or MemberStatus.Exiting or MemberStatus.Down;
    }

    private static bool IsOtherIn(Cluster cluster, Address address)
    {
        var state = cluster.State;
        return state.Members.Any(member => member.Address == address && member.UniqueAddress != cluster.SelfUniqueAddress && member.Status == MemberStatus.Up
            && !state.Unreachable.Contains(member));
    }
}
