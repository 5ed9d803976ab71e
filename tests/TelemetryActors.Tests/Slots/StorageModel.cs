using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Slots;

/// <summary>What a slot has accepted under a script and what became of it, and what must be true of that whatever happened.</summary>
/// <param name="trace">How the script came to where it is.</param>
internal sealed class StorageModel(Func<string> trace)
{
    private readonly Dictionary<(StreamId Stream, long Position), byte[]> _accepted = [];
    private readonly Dictionary<long, byte[]> _lines = [];
    private readonly Dictionary<string, long> _numbers = [];
    private readonly List<(long Position, long Number)> _inMemory = [];
    private readonly HashSet<long> _durable = [];
    private readonly HashSet<long> _delivered = [];
    private readonly HashSet<long> _hurt = [];
    private readonly HashSet<long> _shifted = [];
    private readonly HashSet<string> _altered = [];
    private readonly List<string> _gone = [];
    private readonly List<(long From, long To)> _overtaken = [];
    private long _newestDelivered = -1;
    private long _deliveries;

    /// <summary>Whether something has happened that may cost events, wherever they stood.</summary>
    public bool MayLose { get; set; }

    /// <summary>Whether the ring was lost: what was in it alone is gone with its ordinals.</summary>
    public bool HasLostMemory { get; private set; }

    /// <summary>Whether retention has removed a file.</summary>
    public bool WasRetained { get; set; }

    /// <summary>Whether someone has changed the files by hand.</summary>
    public bool WasTampered { get; private set; }

    public void Accept(Cursor at, long number, byte[] line)
    {
        _inMemory.Add((at.Position, number));
        _lines.Add(number, line);
        _numbers.Add(Text(line), number);
        Require(_accepted.TryAdd((at.Stream, at.Position), line), $"position {at.Position} denotes two events");
    }

    /// <summary>The log goes on at a later place: what lies between was overwritten.</summary>
    public void Overwrite(long from, long to)
    {
        MayLose = true;
        _inMemory.RemoveAll(entry => entry.Position >= from && entry.Position < to);
    }

    /// <summary>What is below a position is on the device.</summary>
    public void BeDurable(long to)
    {
        _durable.UnionWith(_inMemory.Where(entry => entry.Position < to).Select(entry => entry.Number));
        _inMemory.RemoveAll(entry => entry.Position < to);
    }

    /// <summary>What is not durable yet need never come to be.</summary>
    public void Forget(Func<long, bool> isForgotten) => _inMemory.RemoveAll(entry => isForgotten(entry.Position));

    public void LoseMemory()
    {
        MayLose = HasLostMemory = true;
        _inMemory.Clear();
    }

    /// <summary>Someone has changed a file: the lines that do not stand any more where they stood may be lost, and are read once at the most, those that were shifted apart.</summary>
    public void Tamper(Tampering.Damage damage)
    {
        WasTampered = true;
        _altered.UnionWith(damage.Altered.Select(Text));
        Hurt(damage.Moved);
        if (damage.IsShifted)
        {
            // A position says where a line stands: one that stands elsewhere now may be met again there.
            _shifted.UnionWith(Numbers(damage.Moved));
        }
    }

    /// <summary>Lines of a changed file may be lost, whenever they came there.</summary>
    public void Hurt(IEnumerable<byte[]> lines) => _hurt.UnionWith(Numbers(lines));

    /// <summary>A sink found something gone before what it read.</summary>
    public void Pass(Cursor from, EventRead read, int step)
    {
        Require(from.Stream != read.Start.Stream || read.GoneReason != DropReason.None, "what is gone has a reason");
        if (read.GoneReason == DropReason.Overwritten)
        {
            _overtaken.Add((from.Position, read.Start.Position));
        }

        _gone.Add($"{from.Position}-{read.Start.Position} {read.GoneReason} at step {step}");
    }

    public void Deliver(EventRead read, IReadOnlyList<byte[]> lines)
    {
        var at = read.Start.Position;
        foreach (var line in lines)
        {
            var number = NumberOf(line);
            Require(_lines[number].AsSpan().SequenceEqual(line) || _altered.Contains(Text(line)), $"event {number} is as it was written");
            Require(WasTampered || (_accepted.TryGetValue((read.Start.Stream, at), out var stored) && stored.AsSpan().SequenceEqual(line)), $"position {at} reads as it was written");
            Require(_delivered.Add(number) || _shifted.Contains(number), $"event {number} is delivered once");
            Require(number > _newestDelivered || _shifted.Contains(number), $"event {number} comes in order, behind {_newestDelivered}");
            _newestDelivered = _shifted.Contains(number) ? _newestDelivered : number;
            _deliveries++;
            at += line.Length;
        }

        Require(WasTampered || at == read.End.Position, "the read ends behind its last event");
        Require(lines.Count == read.Count, "the read holds as many events as its ordinals say");
    }

    public void CheckEnd(SinkAccount sink, Cursor tail)
    {
        Require(sink.Pending == 0 && sink.Cursor == tail, $"the sink drains: {sink.Cursor} of {tail}");
        Require(sink.Delivered == _deliveries, $"the account tells what was delivered: {sink.Delivered} of {_deliveries}");
        Require(HasLostMemory || _shifted.Count > 0 || sink.Accepted == _accepted.Count - sink.AcceptedFrom, $"the account tells what was accepted: {sink.Accepted} of {_accepted.Count}");
        Require(MayLose || Missing().Count == 0, $"without a reason nothing is lost: {string.Join(' ', Missing())}; {string.Join(' ', _gone)}");
        if (!WasRetained)
        {
            // A sink that the ring overtook goes on a little above its floor; the log may still get what lies between.
            var missing = _durable.Except(_delivered).Except(_hurt).ToHashSet();
            missing.ExceptWith(_accepted.Where(entry => _overtaken.Exists(gap => entry.Key.Position >= gap.From && entry.Key.Position < gap.To)).Select(entry => NumberOf(entry.Value)));
            Require(missing.Count == 0, $"what was durable is there; gone: {string.Join(' ', _accepted.Where(entry => missing.Contains(NumberOf(entry.Value))).Select(entry => entry.Key.Position).Order())}; {string.Join(' ', _gone)}");
        }
    }

    public void CheckFiles(IReadOnlyList<byte[]> read)
    {
        var seen = new HashSet<long>();
        foreach (var line in read)
        {
            Require(seen.Add(NumberOf(line)) || _shifted.Contains(NumberOf(line)), $"the files hold event {NumberOf(line)} once");
        }

        var missing = _lines.Keys.Except(seen).Except(_hurt).Order().ToList();
        Require(MayLose || missing.Count == 0, $"the files hold everything that nobody has touched; gone: {string.Join(' ', missing)}");
    }

    public void Require(bool holds, string what) => Assert.True(holds, $"{what}\n{trace()}");

    private IEnumerable<long> Numbers(IEnumerable<byte[]> lines) => lines.Select(Tampering.Whole).Select(Text).Where(_numbers.ContainsKey).Select(line => _numbers[line]);

    private List<long> Missing() => [.. _lines.Keys.Except(_delivered).Except(_hurt).Order()];

    private static string Text(byte[] line) => System.Text.Encoding.Latin1.GetString(line);

    private static long NumberOf(byte[] line) => Lines.NumberOf(line);
}
