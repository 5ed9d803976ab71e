using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using TelemetryActors.Storage;

namespace TelemetryActors.AkkaNet.Collectors;

/// <summary>A collector inside a service: the way to all runs, and who hands this member's own over to others while its event log cannot be written.</summary>
/// <remarks>
/// Hosting - Away (the region hands over and ends; others host) - Returning (the disk is tried, the region starts). Nothing else of the service's system is touched,
/// and its process goes on. Touches no disk itself.
/// </remarks>
internal sealed class CollectorActor : ReceiveActor, IWithTimers
{
    public const string Name = "telemetry-collector";

    private readonly CollectorSite _site;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly LogFitness _watch = new();
    private readonly long _began;
    private IActorRef _region;
    private IActorRef _way;
    private bool _isEnded;
    private bool _hasTold;

    public CollectorActor(CollectorSite site)
    {
        _site = site;
        _began = site.Time.GetTimestamp();
        _way = _region = site.Region;
        Hosting();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(CollectorSite site) => Akka.Actor.Props.Create(() => new CollectorActor(site));

    protected override void PreStart()
    {
        Context.Watch(_region);
        Timers.StartPeriodicTimer(nameof(Look), new Look(), _site.Period);
    }

    private void Hosting()
    {
        Receive<Look>(_ =>
        {
            if (Unfit(out TimeSpan _) is { } cause)
            {
                HandOver(cause);
            }
            else
            {
                _hasTold = false;
            }
        });

        // The system is ending, or somebody has ended it: that is theirs to say.
        Receive<Terminated>(_ => Timers.CancelAll());
        ReceiveAny(message => _way.Forward(message));
    }

    private void Away()
    {
        Receive<Found>(found => _way = found.Way);
        Receive<Failed>(failed => _log.Warning(failed.Cause, "The way to the runs of the other collectors was not found."));
        Receive<Terminated>(_ => _isEnded = true);
        Receive<Look>(_ =>
        {
            if (Unfit(out var now) is null && _isEnded && _watch.IsWell(now))
            {
                Become(Returning);
                DiskCall.Begin("collector", _site.WhyNotWritable).PipeTo(Self, success: whyNot => new Tried(whyNot), failure: cause => new Tried(cause.Message));
            }
        });
        ReceiveAny(message => _way.Forward(message));
    }

    private void Returning()
    {
        Receive<Look>(_ => { });
        Receive<Found>(found => _way = found.Way);
        Receive<Tried>(tried =>
        {
            if (tried.WhyNot is null)
            {
                _site.StartRegion().PipeTo(Self, success: region => new Hosted(region), failure: cause => new Failed(cause));
            }
            else
            {
                Become(Away);
            }
        });
        Receive<Failed>(failed =>
        {
            _log.Warning(failed.Cause, "The region of runs was not started.");
            Become(Away);
        });
        Receive<Hosted>(hosted =>
        {
            _way = _region = Context.Watch(hosted.Region);
            _log.Info("The event log is written again: this service hosts runs as before.");
            Become(Hosting);
        });
        ReceiveAny(message => _way.Forward(message));
    }

    // A run that is refused has an answer; one that nobody hosts has none.
    private void HandOver(string cause)
    {
        if (!_site.HasOthers())
        {
            if (!_hasTold)
            {
                _hasTold = true;
                _log.Error("The event log is of no use, {0}. No other collector is in sight: what this one's runs are told is refused, and agents keep it.", cause);
            }

            return;
        }

        _log.Error("The event log is of no use, {0}. The runs of this service are handed over to the other collectors until it is written again.", cause);
        _isEnded = false;
        _region.Tell(GracefulShutdown.Instance);
        Become(Away);
        _site.StartProxy().PipeTo(Self, success: way => new Found(way), failure: failure => new Failed(failure));
    }

    private string? Unfit(out TimeSpan now)
    {
        now = _site.Time.GetElapsedTime(_began);
        return _site.Log() is { } log ? _watch.Look(log, now) : null;
    }

    private sealed record Look : INotInfluenceReceiveTimeout, INoSerializationVerificationNeeded;

    private sealed record Found(IActorRef Way) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Hosted(IActorRef Region) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Failed(Exception Cause) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Tried(string? WhyNot) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
