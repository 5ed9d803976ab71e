using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Supervision;
using Xunit;

namespace TelemetryActors.Tests.Delivery;

/// <summary>Seeded random scripts: whatever happens, the invariants of delivery hold, and everything drains once faults are gone.</summary>
public sealed class SinkDeliveryScriptSpec
{
    private const int Steps = 2000;

    private static readonly SinkPolicy Keep = SinkPolicies.Remote with { FlushEvents = 5, MaxBatchEvents = 16, MaxRejectionsInARow = 6 };

    public static TheoryData<int, bool> Seeds()
    {
        var seeds = new TheoryData<int, bool>();
        for (var seed = 1; seed <= 40; seed++)
        {
            seeds.Add(seed, seed % 2 == 0);
        }

        return seeds;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_invariants_hold_at_every_step_and_everything_drains(int seed, bool keeps)
    {
        var script = new Script(seed, keeps ? Keep : Keep with { WhenExhausted = WhenExhausted.Discard });

        for (var step = 0; step < Steps; step++)
        {
            script.Step();
        }

        script.Drain();
    }

    private sealed class Script(int seed, SinkPolicy policy)
    {
        private readonly Random _random = new(seed);
        private readonly DeliveryRig _rig = new(policy);
        private readonly Dictionary<long, int> _taken = [];
        private readonly HashSet<long> _unknown = [];
        private readonly HashSet<long> _dead = [];
        private PlannedBatch? _calling;
        private bool _overdue;
        private long _cursor;
        private long _appended;
        private bool _faults = true;

        public void Step()
        {
            switch (_random.Next(20))
            {
                case < 5: Append(); break;
                case < 8: _rig.Now += TimeSpan.FromSeconds(_random.Next(40)); break;
                case 8: _rig.Now += TimeSpan.FromHours(_random.Next(-9, 9)); break;
                case 9: Restart(); break;
                case 10: Operate(); break;
                case 11: TimeOut(); break;
                case 12: _rig.Now = _rig.Delivery.NextDeadline is { } due && due > _rig.Now ? due : _rig.Now; break;
                default: Call(); break;
            }

            Check();
        }

        public void Drain()
        {
            _faults = false;
            _rig.Delivery.Resume();
            var end = _rig.Now + policy.Circuit.LongestOpenTime + TimeSpan.FromHours(2);
            while (_rig.Now <= end && _rig.Delivery.Pending + (_calling is null ? 0 : 1) > 0)
            {
                Call();
                Check();
                if (_rig.Delivery.NextDeadline is { } due && due > _rig.Now)
                {
                    _rig.Now = due;
                }
            }

            Assert.Equal(0, _rig.Delivery.Pending);
            Assert.Equal(CircuitState.Closed, _rig.Delivery.Circuit.State);
            Assert.Equal(_appended, _rig.Account.Accepted);
            Assert.Equal(_dead.Count, _rig.Account.DeadLettered);
        }

        private void Append()
        {
            var events = _random.Next(30);
            _rig.Append(events);
            _appended += events;
        }

        private void Call()
        {
            if (_calling is { } batch)
            {
                End(batch);
                return;
            }

            var due = _rig.Delivery.NextDeadline;
            _calling = _rig.Begin(hurry: _random.Next(10) == 0);
            Assert.True(_calling is not null || due is null || due > _rig.Now, $"seed {seed}: due {due} at {_rig.Now}, and nothing began");
        }

        private void End(PlannedBatch batch)
        {
            var outcome = Outcome(batch);
            var ignored = _overdue;
            var settlement = _rig.End(outcome, _random.NextDouble());
            Note(batch, outcome, settlement);
            Assert.Equal(ignored, settlement is null);
            _calling = null;
            _overdue = false;
        }

        private SinkOutcome Outcome(PlannedBatch batch) => (_faults ? _random.Next(12) : 99) switch
        {
            0 or 1 => new SinkOutcome.Retry("down"),
            2 => new SinkOutcome.Retry("busy", TimeSpan.FromSeconds(_random.Next(90))),
            3 or 4 or 5 => new SinkOutcome.Rejected("bad"),
            6 => new SinkOutcome.PartlyDelivered([new RejectedItem(_random.Next(batch.Range.Count), "bad")]),
            7 => _random.Next(8) == 0 ? new SinkOutcome.Misconfigured("401") : SinkOutcome.Delivered,
            _ => SinkOutcome.Delivered,
        };

        private void Note(PlannedBatch batch, SinkOutcome outcome, Settlement? settlement)
        {
            var ordinals = Enumerable.Range(0, batch.Range.Count).Select(index => batch.Range.Start.Ordinal + index);
            if (settlement is null || outcome is SinkOutcome.Retry)
            {
                _unknown.UnionWith(ordinals);
            }
            else if (outcome == SinkOutcome.Delivered || (outcome is SinkOutcome.PartlyDelivered && batch.Range.Count > 1))
            {
                foreach (var ordinal in ordinals)
                {
                    _taken[ordinal] = _taken.GetValueOrDefault(ordinal) + 1;
                    Assert.True(_taken[ordinal] == 1 || _unknown.Contains(ordinal), $"seed {seed}: event {ordinal} was delivered twice");
                }
            }

            foreach (var letter in settlement?.DeadLetters ?? [])
            {
                Assert.True(_dead.Add(letter.From.Ordinal + letter.Index), $"seed {seed}: event {letter.From.Ordinal + letter.Index} died twice");
            }
        }

        private void TimeOut()
        {
            if (_calling is { } batch && !_overdue)
            {
                var settlement = _rig.Delivery.TimedOut(_rig.Now, _random.NextDouble());
                Note(batch, new SinkOutcome.Retry("timeout"), settlement);
                _overdue = true;
            }
        }

        private void Restart()
        {
            if (_calling is { } batch)
            {
                Note(batch, new SinkOutcome.Retry("the process died"), null);
            }

            _calling = null;
            _overdue = false;
            _rig.Restart();
        }

        private void Operate()
        {
            switch (_random.Next(6))
            {
                case 0: _rig.Delivery.Pause(); break;
                case 1: _rig.Delivery.Reset(); break;
                case 2: _rig.Delivery.ProbeAt(_rig.Now); break;
                default: _rig.Delivery.Resume(); break;
            }
        }

        private void Check()
        {
            var account = _rig.Account;
            Assert.True(account.IsBalanced, $"seed {seed}: {account}");
            Assert.True(account.Cursor.Ordinal >= _cursor, $"seed {seed}: the cursor went back from {_cursor} to {account.Cursor.Ordinal}");
            Assert.True(account.Cursor.Ordinal <= _appended, $"seed {seed}: the cursor passed the tail");
            _rig.Delivery.Tick(_rig.Now);
            Assert.False(_rig.Delivery.Circuit.OpenUntil > _rig.Now + policy.Circuit.LongestOpenTime, $"seed {seed}: open for longer than ever at {_rig.Now}");
            _cursor = account.Cursor.Ordinal;
        }
    }
}
