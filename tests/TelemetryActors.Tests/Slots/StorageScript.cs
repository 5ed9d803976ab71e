using System.Globalization;
using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Slots;

/// <summary>One writer slot with its log's worker and one sink, stepped by a seeded script of what can happen to them, beside a model of what must be true.</summary>
internal sealed class StorageScript : IDisposable
{
    private const int RingBytes = 32 * 1024;
    private const int FailuresThatOpen = 6;

    private readonly DirectoryInfo _root = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), Path.GetRandomFileName()));
    private readonly int _seed;
    private readonly bool _isHarsh;
    private readonly Random _random;
    private readonly ManualTime _time = new();
    private readonly FaultyFileSystem _files = new(DiskFileSystem.Instance);
    private readonly SlotSettings _settings;
    private readonly byte[] _buffer = new byte[128 * 1024];

    // The model: what was accepted where, and what became of it.
    private readonly Dictionary<(StreamId Stream, long Position), byte[]> _accepted = [];
    private readonly List<(long Position, long Number)> _inMemory = [];
    private readonly HashSet<string> _lines = [];
    private readonly HashSet<long> _durable = [];
    private readonly HashSet<long> _delivered = [];
    private readonly List<string> _steps = [];
    private readonly List<string> _gone = [];
    private readonly List<(long From, long To)> _overtaken = [];
    private long _number;
    private long _inDoubt;
    private long _durableTo;
    private bool _wasTampered;
    private bool _mayLose;
    private bool _lostMemory;
    private bool _wasRetained;

    private WriterSlot _slot;
    private Cursor _logCursor;
    private SinkAccount _sink = SinkAccount.StartAtOldest(1);
    private int _failures;

    /// <param name="seed">What the script follows from.</param>
    /// <param name="isHarsh">Whether a reboot leaves only what an fsync was for, and a kill may come between a write and the ring's hearing of it.</param>
    public StorageScript(int seed, bool isHarsh)
    {
        _isHarsh = isHarsh;
        _seed = seed;
        _random = new Random(seed);
        var folder = new BaseFolder(Path.Combine(_root.FullName, "base"), "spec");
        var rings = Directory.CreateDirectory(Path.Combine(_root.FullName, "rings")).FullName;
        var log = new LogOptions { MaxFileBytes = 12 * 1024, RetentionBytes = 96 * 1024 };
        _settings = new SlotSettings(folder, _files, _time, log, new RingPlacement(rings, "spec"), RingBytes, TimeSpan.Zero) { Draw = _random.Next };
        if (isHarsh)
        {
            _files.RememberDevice();
        }

        _files.CreateDirectory(folder.SinkStates);
        _slot = Open();
    }

    public string Trace => $"seed {_seed}: {string.Join(" ", _steps)}";

    public void Run(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            Step();
        }

        Drain();
        CheckEnd();
        CheckFromFilesAlone();
    }

    public void Dispose()
    {
        _slot.Forget();
        _root.Delete(recursive: true);
    }

    private void Step()
    {
        switch (_random.Next(_isHarsh ? 35 : 34))
        {
            case < 10:
                Note("append", () => Append(_random.Next(1, 40)));
                break;
            case < 16:
                Note("log", LogStep);
                break;
            case < 19:
                Note("sync", Sync);
                break;
            case < 24:
                Note("sink", () => SinkStep(takes: _random.Next(4) > 0));
                break;
            case 24:
                Note("kill", () => Restart(takeOver: false));
                break;
            case 25:
                Note("takeover", () => Restart(takeOver: true));
                break;
            case 26:
                Note("shortwrite", () => _files.FailWrite(_random.Next(1, 3), _random.Next(600)));
                break;
            case 27:
                Note("full", () => _files.IsFull = !_files.IsFull);
                break;
            case 28:
                Note("fsyncfails", () => _files.FailSync(_random.Next(1, 3)));
                break;
            case 29:
                Note("clock", MoveClock);
                break;
            case 30:
                Note("retain", Retain);
                break;
            case 31 when _seed % 3 == 0:
                Note("tamper", Tamper);
                break;
            case 32 when _seed % 3 == 1:
                Note("reboot", Reboot);
                break;
            case 34:
                Note("killbetween", () =>
                {
                    LogStep(advances: false);
                    Restart(takeOver: _random.Next(2) == 0);
                });
                break;
            case 33:
                Note("state", () => Try(() => _slot.Log.SaveState(isClean: false)));
                break;
        }
    }

    private void Append(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var line = Line(_number++, _random.Next(8) == 0 ? _random.Next(1500) : _random.Next(120));
            var at = _slot.Ring.Tail;
            var reason = _slot.Ring.AppendEncoded(line, 1, mayWait: false);
            Require(reason is DropReason.None or DropReason.RingFull, $"an append ended with {reason}");
            if (reason == DropReason.None)
            {
                _inMemory.Add((at.Position, _number - 1));
                _lines.Add(System.Text.Encoding.Latin1.GetString(line));
                Require(_accepted.TryAdd((at.Stream, at.Position), line), $"position {at.Position} denotes two events");
                Require(_slot.Ring.Tail == new Cursor(at.Stream, at.Position + line.Length, at.Ordinal + 1), "the tail follows the event");
            }
        }
    }

    private void LogStep() => LogStep(advances: true);

    // A kill may come between the write and the ring's hearing of it.
    private void LogStep(bool advances)
    {
        var read = _slot.Source.Read(_logCursor, _random.Next(1, 60), _buffer);
        if (read.Start.Ordinal != _logCursor.Ordinal)
        {
            _mayLose = true;
            _inMemory.RemoveAll(entry => entry.Position >= _logCursor.Position && entry.Position < read.Start.Position);
        }

        _logCursor = read.Bytes == 0 ? read.End : read.Start;
        if (read.Bytes == 0)
        {
            return;
        }

        if (Try(() => _slot.Log.Append(_buffer.AsSpan(0, read.Bytes), read.Start, read.End)))
        {
            _failures = 0;
            _slot.Ring.Overwrites = false;
            if (advances)
            {
                _slot.Ring.AdvanceHead(read.End.Position);
            }

            _logCursor = read.End;
        }
        else if (++_failures >= FailuresThatOpen)
        {
            _slot.Ring.Overwrites = true;
        }
    }

    private void Sync()
    {
        if (Try(_slot.Log.Sync))
        {
            ForgetDoubtful(_slot);
            _durableTo = Math.Max(_durableTo, _slot.Log.Synced);
            _durable.UnionWith(_inMemory.Where(entry => entry.Position < _slot.Log.Synced).Select(entry => entry.Number));
            _inMemory.RemoveAll(entry => entry.Position < _slot.Log.Synced);
        }
        else if (_slot.Log.MustRewrite)
        {
            Try(_slot.Log.RewriteWhatFailed);
        }
    }

    // What is in doubt is told as such, and not as durable.
    private void ForgetDoubtful(WriterSlot slot)
    {
        var inDoubt = slot.Log.InDoubt + slot.Log.InDoubtBefore;
        Require(inDoubt >= _inDoubt || _lostMemory, $"what was in doubt stays so: {inDoubt} of {_inDoubt}");
        if (inDoubt != _inDoubt)
        {
            _inDoubt = inDoubt;
            _inMemory.Clear();
        }
    }

    private void SinkStep(bool takes)
    {
        var before = _sink.Cursor;
        _sink = _sink.SeeTail(_slot.Source.Tail);
        var read = _slot.Source.Read(_sink.Cursor, _random.Next(1, 50), _buffer);
        if (read.Start.Ordinal != _sink.Cursor.Ordinal)
        {
            if (read.GoneReason == DropReason.Overwritten)
            {
                _overtaken.Add((_sink.Cursor.Position, read.Start.Position));
            }

            _gone.Add($"{_sink.Cursor.Position}-{read.Start.Position} {read.GoneReason} at step {_steps.Count}");
        }

        _sink = _sink.BeginAt(read.Start, read.GoneReason);
        if (takes && read.Bytes > 0)
        {
            Deliver(read);
            _sink = _sink.Deliver(read.End);
        }

        Require(_sink.IsBalanced, $"the account is balanced: {_sink}");
        Require(before.Stream != _sink.Cursor.Stream || _sink.Cursor.Position >= before.Position, "no cursor goes back");
        Require(_sink.Cursor.Position <= _slot.Ring.Tail.Position, "no cursor passes the tail");
        Try(KeepSink);
    }

    private void Deliver(EventRead read)
    {
        var at = read.Start.Position;
        foreach (var line in Split(read.Bytes))
        {
            if (_wasTampered && !_lines.Contains(System.Text.Encoding.Latin1.GetString(line)))
            {
                continue;
            }

            var number = NumberOf(line);
            Require(_wasTampered || (_accepted.TryGetValue((read.Start.Stream, at), out var stored) && stored.AsSpan().SequenceEqual(line)), $"position {at} reads as it was written");
            Require(_delivered.Add(number), $"event {number} is delivered once");
            at += line.Length;
        }

        Require(_wasTampered || at == read.End.Position, "the read ends behind its last event");
        Require(Split(read.Bytes).Count() == read.Count, "the read holds as many events as its ordinals say");
    }

    private void KeepSink()
    {
        var (stream, position, ordinal) = _sink.Cursor;
        var text = string.Create(CultureInfo.InvariantCulture, $$$"""{"cursor":{"stream":"{{{stream}}}","position":{{{position}}},"ordinal":{{{ordinal}}}}}""");
        AtomicFile.Write(DiskFileSystem.Instance, Path.Combine(_settings.Base.SinkStates, "other.json"), System.Text.Encoding.UTF8.GetBytes(text));
    }

    private void Restart(bool takeOver)
    {
        Drop();
        if (takeOver)
        {
            SlotTakeOver.Run(_settings, 0, slot => _mayLose |= slot.Start.Lost > 0, _ => { });
        }

        _slot = Open();
    }

    private void Reboot()
    {
        _mayLose = _lostMemory = true;
        var index = _slot.Log.Index;
        // What a later failure leaves in doubt is on the device where an earlier fsync has brought it there.
        var durableTo = Math.Max(_durableTo, _slot.Log.Synced);
        if (!_isHarsh && index.Find(durableTo) is { Stretch.IsGone: false } place && _random.Next(2) == 0)
        {
            Cut(_slot.Folder.PathOf(place.Stretch.File), place.Stretch.Offset + durableTo - place.Stretch.Start.Position);
        }

        Drop();
        _inMemory.Clear();
        _files.Reboot(_random);
        Array.ForEach(Directory.GetFiles(_settings.Placement.Directory!), File.Delete);
        if (File.Exists(_slot.Folder.StateFile))
        {
            Slots.Reboot.Pretend("", _slot.Folder.StateFile);
        }

        _slot = Open();
    }

    // As a kill does it: nothing is closed, the locks are free, the ring's file stays.
    private void Drop() => _slot.Forget();

    private WriterSlot Open()
    {
        var slotLock = DiskFileSystem.Instance.TryLock(SlotLocks.PathOf(_settings.Base, 1));
        WriterSlot? slot = null;
        if (!Try(() => slot = SlotOpening.TryOpen(_settings, 1, slotLock)))
        {
            _files.IsFull = false;
            slot = SlotOpening.TryOpen(_settings, 1, slotLock);
        }

        _failures = 0;
        _logCursor = slot!.Log.Written;
        ForgetDoubtful(slot);
        _wasRetained |= slot.Log.Index.RetainedFrom > 0;
        _mayLose |= slot.Start.Lost > 0 || _wasRetained;
        // Whether an event begins right at the floor cannot be told any more.
        _inMemory.RemoveAll(entry => entry.Position <= slot.Ring.Floor && slot.Log.Index.Find(entry.Position) is null);
        return slot;
    }

    private void MoveClock()
    {
        if (_random.Next(2) == 0)
        {
            _time.Advance(TimeSpan.FromHours(_random.Next(1, 30)));
        }
        else
        {
            _time.JumpTo(_time.GetUtcNow() + TimeSpan.FromDays(_random.Next(-4000, 4000)));
        }
    }

    private void Retain()
    {
        var before = _slot.Log.Index.RetainedFrom;
        Try(() => _slot.Log.Retain());
        _wasRetained |= _slot.Log.Index.RetainedFrom > before;
        _mayLose |= _wasRetained;
    }

    private void Tamper()
    {
        var found = Directory.Exists(_slot.Folder.Directory) ? Directory.GetFiles(_slot.Folder.Directory).Order(StringComparer.Ordinal).ToArray() : [];
        if (found.Length == 0)
        {
            return;
        }

        _mayLose = _wasTampered = true;
        var path = found[_random.Next(found.Length)];
        var length = new FileInfo(path).Length;
        switch (_random.Next(4))
        {
            case 0:
                File.Delete(path);
                break;
            case 1:
                Cut(path, _random.NextInt64(length + 1));
                break;
            case 2:
                File.AppendAllText(path, "what a user wrote\n");
                break;
            default:
                using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
                {
                    var garbage = new byte[Math.Min(length, 300)];
                    _random.NextBytes(garbage);
                    RandomAccess.Write(file, garbage, _random.NextInt64(length - garbage.Length + 1));
                }

                break;
        }
    }

    private void Drain()
    {
        _files.IsFull = false;
        for (var turn = 0; turn < 2000 && (_logCursor != _slot.Ring.Tail || _slot.Log.MustRewrite); turn++)
        {
            LogStep();
            Sync();
        }

        Require(_logCursor == _slot.Ring.Tail, $"the log drains: {_logCursor} of {_slot.Ring.Tail}");
        Eventually(() => Try(_slot.Log.Sync), "the log is synced");
        for (var turn = 0; turn < 2000 && _sink.Cursor != _slot.Ring.Tail; turn++)
        {
            SinkStep(takes: true);
        }
    }

    private void CheckEnd()
    {
        SinkStep(takes: true);
        Require(_sink.Pending == 0 && _sink.Cursor == _slot.Ring.Tail, $"the sink drains: {_sink.Cursor} of {_slot.Ring.Tail}");
        Require(_wasTampered ? _sink.Delivered >= _delivered.Count : _sink.Delivered == _delivered.Count, "the account tells what was delivered");
        Require(_lostMemory || _sink.Accepted == _accepted.Count - _sink.AcceptedFrom, $"the account tells what was accepted: {_sink.Accepted} of {_accepted.Count}");
        Require(_mayLose || _delivered.Count == _accepted.Count, $"without a reason nothing is lost: {_delivered.Count} of {_accepted.Count}");
        if (!_wasTampered && !_wasRetained)
        {
            // A sink that the ring overtook goes on a little above its floor; the log may still get what lies between.
            var missing = _durable.Except(_delivered).ToHashSet();
            missing.ExceptWith(_accepted.Where(entry => _overtaken.Exists(gap => entry.Key.Position >= gap.From && entry.Key.Position < gap.To)).Select(entry => NumberOf(entry.Value)));
            Require(missing.Count == 0, $"what was durable is there; gone: {string.Join(' ', _accepted.Where(entry => missing.Contains(NumberOf(entry.Value))).Select(entry => entry.Key.Position).Order())}; {string.Join(' ', _gone)}");
        }
    }

    private void CheckFromFilesAlone()
    {
        var source = new OtherSlotSource(_slot.Folder, _time);
        var seen = new HashSet<long>();
        var cursor = default(Cursor);
        while (source.Tail is var tail && cursor != tail && tail.Position > 0)
        {
            var read = source.Read(cursor, int.MaxValue, _buffer);
            foreach (var line in Split(read.Bytes))
            {
                Require(_wasTampered || seen.Add(NumberOf(line)), $"the files hold event {NumberOf(line)} once");
            }

            Require(read.End != cursor, $"a reader of the files gets on from {cursor} to {tail}");
            cursor = read.End;
        }

        Require(_mayLose || seen.Count == _accepted.Count, $"the files hold everything: {seen.Count} of {_accepted.Count}");
        Require(_lostMemory || _wasTampered || cursor.Ordinal == _slot.Ring.Tail.Ordinal, "the files end where the ring does");
    }

    private static void Cut(string path, long length)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.SetLength(file, Math.Min(length, RandomAccess.GetLength(file)));
    }

    private IEnumerable<byte[]> Split(int bytes)
    {
        var at = 0;
        while (at < bytes)
        {
            var length = _buffer.AsSpan(at, bytes - at).IndexOf((byte)'\n') + 1;
            yield return _buffer[at..(at + length)];
            at += length;
        }
    }

    private static byte[] Line(long number, int padding) =>
        [.. System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":\"2026-03-01T12:00:00Z\",\"event\":\"e\",\"details\":{{\"n\":{number},\"p\":\"{new string('x', padding)}\"}}}}")), (byte)'\n'];

    private static long NumberOf(byte[] line) => Lines.NumberOf(line);

    private static bool Try(Action disk)
    {
        try
        {
            disk();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Eventually(Func<bool> holds, string what)
    {
        for (var turn = 0; turn < 10; turn++)
        {
            if (holds())
            {
                return;
            }

            Try(_slot.Log.RewriteWhatFailed);
        }

        Require(false, what);
    }

    private void Note(string step, Action action)
    {
        _steps.Add(step);
        action();
    }

    private void Require(bool holds, string what) => Assert.True(holds, $"{what}\n{Trace}");
}
