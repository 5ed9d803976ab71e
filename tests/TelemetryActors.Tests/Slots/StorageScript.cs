using System.Globalization;
using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;

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

    private readonly List<string> _steps = [];
    private readonly StorageModel _model;
    private readonly Tampering _tampering;
    private long _number;
    private long _inDoubt;
    private long _durableTo;
    private bool _wasOverrun;

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
        _tampering = new Tampering(_random);
        _model = new StorageModel(() => Trace);
        var folder = new BaseFolder(Path.Combine(_root.FullName, "base"), "spec");
        var rings = Directory.CreateDirectory(Path.Combine(_root.FullName, "rings")).FullName;
        var log = new LogOptions { MaxFileBytes = 12 * 1024, RetentionBytes = 96 * 1024 };
        _settings = new SlotSettings(folder, _files, _time, log, new RingPlacement(rings, "spec", folder.State), RingBytes, TimeSpan.Zero) { Draw = _random.Next };
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
                _model.Accept(at, _number - 1, line);
                _wasOverrun |= _slot.Ring.Floor > _slot.Ring.Head;
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
            _model.Overwrite(_logCursor.Position, read.Start.Position);
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
        else
        {
            // As the sink that writes the log does: what the disk took whole before it failed is written.
            _logCursor = _slot.Log.Written is var written && written.Position > read.Start.Position && written.Position <= read.End.Position ? written : _logCursor;
            _slot.Ring.Overwrites |= ++_failures >= FailuresThatOpen;
        }
    }

    private void Sync()
    {
        if (Try(_slot.Log.Sync))
        {
            ForgetDoubtful(_slot);
            _durableTo = Math.Max(_durableTo, _slot.Log.Synced);
            _model.BeDurable(_slot.Log.Synced);
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
        Require(inDoubt >= _inDoubt || _model.HasLostMemory, $"what was in doubt stays so: {inDoubt} of {_inDoubt}");
        if (inDoubt != _inDoubt)
        {
            _inDoubt = inDoubt;
            _model.Forget(_ => true);
        }
    }

    private void SinkStep(bool takes)
    {
        var before = _sink.Cursor;
        _sink = _sink.SeeTail(_slot.Source.Tail);
        var read = _slot.Source.Read(_sink.Cursor, _random.Next(1, 50), _buffer);
        if (read.Start.Ordinal != _sink.Cursor.Ordinal)
        {
            _model.Pass(_sink.Cursor, read, _steps.Count);
        }

        _sink = _sink.BeginAt(read.Start, read.GoneReason);
        if (takes && read.Bytes > 0)
        {
            _model.Deliver(read, [.. Split(read.Bytes)]);
            _sink = _sink.Deliver(read.End);
        }

        Require(_sink.IsBalanced, $"the account is balanced: {_sink}");
        Require(before.Stream != _sink.Cursor.Stream || _sink.Cursor.Position >= before.Position, "no cursor goes back");
        Require(_sink.Cursor.Position <= _slot.Ring.Tail.Position, "no cursor passes the tail");
        Try(KeepSink);
    }

    private void KeepSink()
    {
        var (stream, position, ordinal) = _sink.Cursor;
        var text = string.Create(CultureInfo.InvariantCulture, $$$"""{"cursor":{"stream":"{{{stream}}}","position":{{{position}}},"ordinal":{{{ordinal}}}}}""");
        AtomicFile.Write(DiskFileSystem.Instance, Path.Combine(_settings.Base.SinkStates, "other.json"), System.Text.Encoding.UTF8.GetBytes(text));
    }

    private void Restart(bool takeOver)
    {
        // Who comes next may tell of it in a file, and die: then nobody hears of it again.
        _model.MayLose |= _slot.Ring.Floor > _slot.Ring.Head;
        Drop();
        SeeUnplaced();
        if (takeOver)
        {
            SlotTakeOver.Run(_settings, 0, SeeLost, _ => { });
        }

        _slot = Open();
    }

    // A writer goes on in a file whose anchor, or whose last byte, someone has overwritten; without a state that knows the file, the next one cannot place what stands there.
    private void SeeUnplaced() => Array.ForEach(_model.WasTampered ? Directory.GetFiles(_slot.Folder.Directory) : [], path => _model.Hurt(Tampering.Unplaced(path)));

    private void Reboot()
    {
        var index = _slot.Log.Index;
        // What a later failure leaves in doubt is on the device where an earlier fsync has brought it there.
        var durableTo = Math.Max(_durableTo, _slot.Log.Synced);
        if (!_isHarsh && index.Find(durableTo) is { Stretch.IsGone: false } place && _random.Next(2) == 0)
        {
            Tampering.Cut(_slot.Folder.PathOf(place.Stretch.File), place.Stretch.Offset + durableTo - place.Stretch.Start.Position);
        }

        Drop();
        _model.LoseMemory();
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
        _model.WasRetained |= slot.Log.Index.RetainedFrom > 0;
        _model.MayLose |= _model.WasRetained;
        SeeLost(slot);
        // Whether an event begins right at the floor cannot be told any more.
        _model.Forget(position => position <= slot.Ring.Floor && slot.Log.Index.Find(position) is null);
        return slot;
    }

    // What a ring could not give its log any more was overwritten there, or stood in a file that someone has changed.
    private void SeeLost(WriterSlot slot) => _model.MayLose |= slot.Start.Lost > 0 && (!_model.WasTampered || _wasOverrun);

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
        _model.WasRetained |= _slot.Log.Index.RetainedFrom > before;
        _model.MayLose |= _model.WasRetained;
    }

    private void Tamper()
    {
        var found = Directory.Exists(_slot.Folder.Directory) ? Directory.GetFiles(_slot.Folder.Directory).Order(StringComparer.Ordinal).ToArray() : [];
        if (found.Length == 0)
        {
            return;
        }

        var damage = _tampering.Change(found[_random.Next(found.Length)]);
        _steps[^1] = $"{_steps[^1]}({damage.Deed})";
        _model.Tamper(damage);
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
        SeeUnplaced();
        SinkStep(takes: true);
        _model.CheckEnd(_sink, _slot.Ring.Tail);
    }

    private void CheckFromFilesAlone()
    {
        var source = new OtherSlotSource(_slot.Folder, _time);
        var found = new List<byte[]>();
        var cursor = default(Cursor);
        while (source.Tail is var tail && cursor != tail && tail.Position > 0)
        {
            var read = source.Read(cursor, int.MaxValue, _buffer);
            found.AddRange(Split(read.Bytes));
            Require(read.End != cursor, $"a reader of the files gets on from {cursor} to {tail}");
            cursor = read.End;
        }

        _model.CheckFiles(found);
        Require(_model.HasLostMemory || _model.WasTampered || cursor.Ordinal == _slot.Ring.Tail.Ordinal, "the files end where the ring does");
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

    private void Require(bool holds, string what) => _model.Require(holds, what);
}
