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
    private string? _cause;
    private bool _isAway;
    private bool _isEnded;
    private bool _isLooking;
    private bool _hasTold;
    private bool _hasToldNoWay;

    public CollectorActor(CollectorSite site)
    {
        _site = site;
        _began = site.Time.GetTimestamp();
        _way = _region = site.Region;
        Hosting();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(CollectorSite site) => Akka.Actor.Props.Create(() => new CollectorActor(site)).WithDeploy(Deploy.Local);

    protected override void PreStart()
    {
        Context.Watch(_region);
        Timers.StartPeriodicTimer(nameof(Look), new Look(), _site.Period);
    }

    private void Hosting()
    {
        Receive<Look>(_ =>
        {
            _cause = Unfit(out TimeSpan _);
            if (_cause is null)
            {
                _hasTold = false;
            }
            else
            {
                // A member that has handed its own over is up and has the role: whoever deals the shards knows who hosts.
                _region.Tell(GetCurrentRegions.Instance);
            }
        });
        Receive<CurrentRegions>(hosting => HandOver(hosting.Regions));
        Receive<Terminated>(ended => ended.ActorRef.Equals(_region), _ => Replace());
        Sideways();
    }

    private void Away()
    {
        Receive<Terminated>(
            ended => ended.ActorRef.Equals(_region),
            _ =>
            {
                _isEnded = true;
            });
        Receive<CurrentRegions>(_ => { });
        Receive<Look>(_ =>
        {
            FindWay();
            if (Unfit(out var now) is null && _isEnded && !_site.IsEnding() && _watch.IsWell(now))
            {
                Become(Returning);
                DiskCall.Begin("collector", _site.WhyNotWritable).PipeTo(Self, success: whyNot => new Tried(whyNot), failure: cause => new Tried(cause.Message));
            }
        });
        Sideways();
    }

    private void Returning()
    {
        Receive<Look>(_ => FindWay());
        Receive<CurrentRegions>(_ => { });
        Receive<Tried>(tried =>
        {
            if (tried.WhyNot is null && !_site.IsEnding())
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
            _isAway = false;
            _log.Info("This service hosts runs as before.");
            Become(Hosting);
        });
        Sideways();
    }

    // What comes in every state: the way to the others, which may be found late and end at any time, and what goes along it.
    private void Sideways()
    {
        Receive<Found>(found =>
        {
            (_isLooking, _hasToldNoWay) = (false, false);
            _way = _isAway ? Context.Watch(found.Way) : _region;
        });
        Receive<NoWay>(none =>
        {
            _isLooking = false;
            if (!_hasToldNoWay)
            {
                _hasToldNoWay = true;
                _log.Warning(none.Cause, "The way to the runs of the other collectors was not found. It is looked for again each second until it is found.");
            }
        });
        Receive<Terminated>(ended => _way = ended.ActorRef.Equals(_way) ? _region : _way);
        ReceiveAny(message => _way.Forward(message));
    }

    // A run that is refused has an answer; one that nobody hosts has none.
    private void HandOver(IReadOnlyCollection<Address> hosting)
    {
        // Nobody at all, not even this one, is what a region says that knows no coordinator. It is asked again.
        if (_cause is null || hosting.Count == 0)
        {
            return;
        }

        if (!hosting.Any(_site.IsOther))
        {
            if (!_hasTold)
            {
                _hasTold = true;
                _log.Error("The event log is of no use, {0}. No other collector in sight hosts runs: what this one's runs are told is refused, and agents keep it.", _cause);
            }

            return;
        }

        _log.Error("The event log is of no use, {0}. The runs of this service are handed over to the other collectors until it is written again.", _cause);
        _region.Tell(GracefulShutdown.Instance);
        GoAway(isEnded: false);
    }

    // A system that is ending ends it. Otherwise something has gone wrong with it, and it is started anew as after a time away.
    private void Replace()
    {
        if (_site.IsEnding())
        {
            Timers.CancelAll();
            return;
        }

        _log.Error("The region of runs has ended by itself and is started anew. Its runs are asked of the other collectors meanwhile.");
        GoAway(isEnded: true);
    }

    private void GoAway(bool isEnded)
    {
        (_isAway, _isEnded) = (true, isEnded);
        Become(Away);
        FindWay();
    }

    private void FindWay()
    {
        if (_way.Equals(_region) && !_isLooking && !_site.IsEnding())
        {
            _isLooking = true;
            _site.StartProxy().PipeTo(Self, success: way => new Found(way), failure: cause => new NoWay(cause));
        }
    }

    private string? Unfit(out TimeSpan now)
    {
        now = _site.Time.GetElapsedTime(_began);
        return _site.Log() is { } log ? _watch.Look(log, now, _site.WhyShut()) : null;
    }

    private sealed record Look : INotInfluenceReceiveTimeout, INoSerializationVerificationNeeded;

    private sealed record Found(IActorRef Way) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Hosted(IActorRef Region) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record NoWay(Exception Cause) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Failed(Exception Cause) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Tried(string? WhyNot) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
