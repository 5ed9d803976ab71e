using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.TestKit;
using TelemetryActors.AkkaNet.Collectors;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Delivery;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Collectors;

public sealed class CollectorActorSpec : Akka.TestKit.Xunit2.TestKit
{
    private static readonly RunQuery Question = new("r");
    private static readonly Address Other = new("akka.tcp", "fleet", "other", 4053);
    private static readonly Address Own = new("akka.tcp", "fleet", "self", 4053);

    private readonly ManualTime _time;
    private readonly TestProbe _region;
    private readonly TestProbe _proxy;
    private readonly TestProbe _next;
    private volatile CircuitState _log = CircuitState.Closed;
    private volatile bool _isOtherHosting = true;
    private volatile bool _isEnding;
    private volatile bool _endsWithTry;
    private volatile bool _isProxyAway;
    private volatile string? _disk;
    private int _tries;
    private int _looks;
    private int _starts;
    private int _ways;
    private int _endings;

    public CollectorActorSpec()
        : this(new ManualTime())
    {
    }

    private CollectorActorSpec(ManualTime time)
        : base(ManualScheduler.On(time).WithFallback(SpecSettings.Quiet))
    {
        _time = time;
        (_region, _proxy, _next) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        _region.IgnoreMessages(message => message is GetCurrentRegions);
        _region.SetAutoPilot(new DelegateAutoPilot((asker, message) =>
        {
            if (message is GetCurrentRegions)
            {
                asker.Tell(new CurrentRegions(_isOtherHosting ? [Own, Other] : ImmutableHashSet.Create(Own)));
            }

            return AutoPilot.KeepRunning;
        }));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_collector_whose_log_cannot_be_written_hands_its_runs_over_and_takes_some_again_when_it_can()
    {
        var collector = Start();
        collector.Tell(Question);
        _region.ExpectMsg(Question, Eventually.DefaultBound);

        _log = CircuitState.Open;
        Pass(LogFitness.LongestOpen + TimeSpan.FromSeconds(2));
        _region.ExpectMsg(GracefulShutdown.Instance, Eventually.DefaultBound);
        Reaches(collector, _proxy);
        Sys.Stop(_region);
        (_log, _disk) = (CircuitState.Closed, "no space");
        Pass(LogFitness.LeastWell + TimeSpan.FromSeconds(5));
        Eventually.True(() => Volatile.Read(ref _tries) > 0, between: () => Pass(TimeSpan.FromSeconds(1)));
        Reaches(collector, _proxy);
        _disk = null;

        Eventually.True(() => HasReached(collector, _next), between: () => Pass(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void While_no_other_collector_hosts_runs_it_keeps_its_runs_and_hands_them_over_when_one_comes()
    {
        _isOtherHosting = false;
        var collector = Start();

        _log = CircuitState.Open;
        Pass(LogFitness.LongestOpen * 3);
        collector.Tell(Question);
        _region.ExpectMsg(Question, Eventually.DefaultBound);
        _isOtherHosting = true;
        Pass(TimeSpan.FromSeconds(2));

        _region.ExpectMsg(GracefulShutdown.Instance, Eventually.DefaultBound);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_way_to_the_others_that_was_not_found_is_looked_for_again()
    {
        _isProxyAway = true;
        var collector = Start();
        _log = CircuitState.Open;
        Pass(LogFitness.LongestOpen + TimeSpan.FromSeconds(2));
        _region.ExpectMsg(GracefulShutdown.Instance, Eventually.DefaultBound);
        Sys.Stop(_region);
        _isProxyAway = false;

        Eventually.True(() => HasReached(collector, _proxy), between: () => Pass(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_region_that_ends_by_itself_is_started_again_and_the_others_are_asked_meanwhile()
    {
        var collector = Start();
        Pass(LogFitness.LeastWell);
        _disk = "no space";
        Sys.Stop(_region);
        Eventually.True(() => HasReached(collector, _proxy), between: () => Pass(TimeSpan.FromSeconds(1)));

        _disk = null;

        Eventually.True(() => HasReached(collector, _next), between: () => Pass(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task A_region_that_ends_with_its_system_is_not_started_again()
    {
        var collector = Start();
        Pass(LogFitness.LeastWell);

        _isEnding = true;
        Sys.Stop(_region);
        Eventually.True(() => Volatile.Read(ref _endings) > 0);
        await AnswersAsync(collector);
        var looks = Volatile.Read(ref _looks);
        _time.Advance(TimeSpan.FromSeconds(5));
        await AnswersAsync(collector);

        Assert.Equal((looks, 0, 0, 0), (Volatile.Read(ref _looks), Volatile.Read(ref _tries), Volatile.Read(ref _starts), Volatile.Read(ref _ways)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_member_that_begins_to_leave_while_its_disk_is_tried_starts_no_region()
    {
        Start();
        Pass(LogFitness.LeastWell);
        _endsWithTry = true;

        Sys.Stop(_region);
        Eventually.True(() => _isEnding, between: () => Pass(TimeSpan.FromSeconds(1)));
        Pass(TimeSpan.FromSeconds(2));

        Assert.Equal(0, Volatile.Read(ref _starts));
    }

    private IActorRef Start()
    {
        var site = new CollectorSite
        {
            Region = _region.Ref,
            StartRegion = () =>
            {
                Interlocked.Increment(ref _starts);
                return Task.FromResult<IActorRef>(_next.Ref);
            },
            StartProxy = () =>
            {
                Interlocked.Increment(ref _ways);
                return _isProxyAway ? Task.FromException<IActorRef>(new TimeoutException("no answer")) : Task.FromResult<IActorRef>(_proxy.Ref);
            },
            IsOther = address => address == Other,
            IsEnding = () =>
            {
                Interlocked.Increment(ref _endings);
                return _isEnding;
            },
            Log = () =>
            {
                Interlocked.Increment(ref _looks);
                return Status();
            },
            WhyNotWritable = () =>
            {
                Interlocked.Increment(ref _tries);
                _isEnding |= _endsWithTry;
                return _disk;
            },
            Time = _time,
        };
        return Sys.ActorOf(CollectorActor.Props(site));
    }

    // Second by second, each once the collector has looked: the clock does not run ahead of it. One that tries the disk does not look meanwhile.
    private void Pass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            var before = Volatile.Read(ref _looks);
            Eventually.True(() => Volatile.Read(ref _looks) > before, between: () => _time.Advance(TimeSpan.FromMilliseconds(100)));
        }
    }

    // What was told to it before is done.
    private static Task<ActorIdentity> AnswersAsync(IActorRef collector) => collector.Ask<ActorIdentity>(new Identify(null), Eventually.DefaultBound);

    private static void Reaches(IActorRef collector, TestProbe who) => Eventually.True(() => HasReached(collector, who));

    private static bool HasReached(IActorRef collector, TestProbe who)
    {
        collector.Tell(Question);
        return who.ReceiveOne(TimeSpan.FromMilliseconds(20)) is RunQuery;
    }

    private SinkStatus Status() => new()
    {
        Name = "jsonl",
        Circuit = new CircuitRecord { State = _log, Cause = _log == CircuitState.Closed ? null : "no space" },
        IsPaused = false,
        IsElsewhere = false,
        IsBusy = false,
        LastError = null,
        LastErrorAt = null,
        LastDeliveredAt = null,
        Restarts = 0,
        Accounts = [],
    };
}
