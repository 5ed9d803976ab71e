using Akka.Actor;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Encoding;

namespace TelemetryActors.AkkaNet;

/// <summary>Tells the actors of runs what the handles of this process write, from the first line on, and keeps each line until its run's actor has heard it.</summary>
/// <remarks>
/// Thread-safe; called on the recording thread, where it costs a message. Heard is a line whose turn stands in the journal. An actor that ends before that is followed by one that is told again.
/// Bounded: a journal that hangs, or is slower than runs come, holds so many runs in actors and so many bytes here; beyond that, runs that begin are left out of the journal. The log has them.
/// </remarks>
/// <param name="mostRuns">How many runs' actors have unheard lines at once.</param>
/// <param name="mostBytes">How many bytes of lines wait; as much again for what does not begin a run, and the ends of runs that their actors have begun.</param>
internal sealed class RunLineRelay(int mostRuns = 1000, long mostBytes = 8 << 20)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<RunLine>> _unheard = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly Queue<string> _waiting = new();

    // Runs that were taken on and whose end was not heard: without it their actors would give them up.
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private IActorRef? _to;
    private long _bytes;
    private int _leftOut;

    /// <summary>A line of a run's life was accepted.</summary>
    public void Tell(string runId, ReadOnlyMemory<byte> line)
    {
        lock (_lock)
        {
            if (!_unheard.TryGetValue(runId, out var lines))
            {
                if (IsLeftOut(runId, line))
                {
                    _leftOut++;
                    return;
                }

                _unheard[runId] = lines = [];
                _waiting.Enqueue(runId);
                _open.Add(runId);
            }
            else if (_bytes >= mostBytes && lines.Count > 1)
            {
                // What comes between a run's first line and its last says less than they do.
                _bytes -= lines[^1].Line.Length;
                lines.RemoveAt(lines.Count - 1);
            }

            var told = new RunLine(runId, line);
            lines.Add(told);
            _bytes += line.Length;
            if (_told.Contains(runId))
            {
                _to?.Tell(told);
            }

            TellNext();
        }
    }

    /// <summary>The actors are there.</summary>
    public void Open(IActorRef to)
    {
        lock (_lock)
        {
            _to = to;
            TellNext();
        }
    }

    /// <summary>The actors end: what is said from now on is in the event log alone.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _to = null;
        }
    }

    /// <summary>The run's actor has heard this line, and so those before it.</summary>
    public void Heard(RunLine line)
    {
        lock (_lock)
        {
            if (!_unheard.TryGetValue(line.EntityId, out var lines) || !lines.Contains(line))
            {
                return;
            }

            var count = lines.IndexOf(line) + 1;
            _bytes -= lines.Take(count).Sum(heard => (long)heard.Line.Length);
            lines.RemoveRange(0, count);
            if (lines.Count == 0)
            {
                if (Is(line.Line, "run_end"u8))
                {
                    _open.Remove(line.EntityId);
                }

                _unheard.Remove(line.EntityId);
                _told.Remove(line.EntityId);
                TellNext();
            }
        }
    }

    /// <summary>Whether this very line is yet to be heard.</summary>
    public bool Awaits(RunLine line)
    {
        lock (_lock)
        {
            return _unheard.TryGetValue(line.EntityId, out var lines) && lines.Contains(line);
        }
    }

    /// <summary>The lines of a run that its actor has yet to hear, oldest first: told or not.</summary>
    public IReadOnlyList<RunLine> UnheardOf(string runId)
    {
        lock (_lock)
        {
            return _unheard.TryGetValue(runId, out var lines) ? [.. lines] : [];
        }
    }

    /// <summary>The runs that were told lines which are yet to be heard.</summary>
    public IReadOnlyList<string> ToldRuns()
    {
        lock (_lock)
        {
            return [.. _told];
        }
    }

    /// <summary>How many lines of runs were left out since this was asked last.</summary>
    public int TakeLeftOut() => Interlocked.Exchange(ref _leftOut, 0);

    private bool IsLeftOut(string runId, ReadOnlyMemory<byte> line) =>
        _bytes >= mostBytes && (_bytes >= 2 * mostBytes ? !(_open.Contains(runId) && Is(line, "run_end"u8)) : Is(line, "run_start"u8));

    private static bool Is(ReadOnlyMemory<byte> line, ReadOnlySpan<byte> name) => EventLine.TryParse(line, out var parsed, out _) && parsed.EventIs(name);

    private void TellNext()
    {
        while (_to is { } there && _told.Count < mostRuns && _waiting.TryDequeue(out var run))
        {
            // A run's actor that was begun for another reason may have heard them meanwhile.
            if (_unheard.TryGetValue(run, out var lines) && _told.Add(run))
            {
                lines.ForEach(line => there.Tell(line));
            }
        }
    }
}
