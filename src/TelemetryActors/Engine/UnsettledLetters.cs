using System.Buffers;
using TelemetryActors.Browsing;
using TelemetryActors.Delivery;
using TelemetryActors.Storage;

namespace TelemetryActors.Engine;

/// <summary>Dead letters that a sink's last owner wrote and died before it kept that it had. Their events come again, and with them the verdict: until then they are no letters.</summary>
/// <remarks>
/// A letter's line says which letter of its sink it is, and the kept state how many there were: those behind that are unsettled. One that replaced an older letter has that one's number.
/// Letters of older files have no number: of them only those are found that stand at the end of the file and whose events are known to come again.
/// </remarks>
/// <param name="files">Where they are.</param>
/// <param name="baseDirectory">The base directory.</param>
/// <param name="sink">The sink's name.</param>
/// <param name="keepsOwn">Whether the sink keeps its accounts with its data: what that has counted already does not come again.</param>
internal sealed class UnsettledLetters(IFileSystem files, string baseDirectory, string sink, bool keepsOwn)
{
    private readonly string _path = SinkPaths.DeadLetters(baseDirectory, sink);

    /// <summary>How many letters the sink has had; null before it was looked.</summary>
    public long? Last { get; private set; }

    /// <summary>The number of the next letter; null before it was looked.</summary>
    public long? Next() => Last is { } last ? Last = last + 1 : null;

    /// <summary>Takes them out of the file, all at once, so that it holds what the state has counted.</summary>
    /// <param name="state">What the last owner kept.</param>
    /// <exception cref="IOException">The dead letters cannot be read or written now.</exception>
    public void Withdraw(SinkState state)
    {
        var found = Find(state);
        if (found.Unsettled.Count > 0)
        {
            Rewrite(found.Unsettled);
        }

        Last = Math.Max(state.Letters ?? 0, found.Last);
    }

    /// <summary>Takes back what a write that failed may have left behind a letter, so that the same letters can be written again under the same numbers.</summary>
    /// <param name="certain">The last letter that was written for certain.</param>
    /// <exception cref="IOException">The dead letters cannot be read or written now.</exception>
    public void WithdrawBehind(long certain)
    {
        var (begin, length, isCut) = (0L, 0L, true);
        HashSet<int> uncertain = [];
        foreach (var (index, line) in Lines().Index())
        {
            length += line.Length + 1;
            if (StoredLetter.TryParse(line, out var letter, out _) && letter.Number > certain)
            {
                uncertain.Add(index);
            }
            else
            {
                isCut = uncertain.Count == 0;
                begin = length;
            }
        }

        if (!isCut)
        {
            Rewrite(uncertain);
        }
        else if (files.Identify(_path) is { } found && found.Length > begin)
        {
            // A disk that is full still takes a cut.
            using var file = files.Open(_path, writable: true);
            file.Truncate(begin);
            file.Sync();
        }

        Last = certain;
    }

    /// <summary>Looks which lines of the file are letters that a state knows.</summary>
    /// <exception cref="IOException">The dead letters cannot be read now.</exception>
    public LettersFound Find(SinkState state)
    {
        var (settled, damaged, last) = (0L, 0L, 0L);
        HashSet<int> unsettled = [];
        List<int> atEnd = [];
        var again = new ComingAgain(state, new TakenLetters(files, baseDirectory, sink));
        foreach (var (index, line) in Lines().Index())
        {
            var isLetter = StoredLetter.TryParse(line, out var letter, out _);
            last = isLetter ? Math.Max(last, letter.Number ?? 0) : last;
            if (isLetter && state.Letters is { } known && letter.Number > known && (!keepsOwn || again.Includes(letter) || again.IsReplayed(letter)))
            {
                unsettled.Add(index);
            }
            else if (isLetter && (state.Letters is null || letter.Number is null) && again.Includes(letter))
            {
                atEnd.Add(index);
            }
            else
            {
                settled += atEnd.Count + (isLetter && !again.IsTakenOut(letter) ? 1 : 0);
                damaged += isLetter ? 0 : 1;
                atEnd.Clear();
            }
        }

        unsettled.UnionWith(atEnd);
        return new LettersFound(settled, damaged, unsettled, last);
    }

    private void Rewrite(IReadOnlySet<int> without)
    {
        var left = new ArrayBufferWriter<byte>();
        foreach (var (_, line) in Lines().Index().Where(entry => !without.Contains(entry.Index)))
        {
            left.Write(line.Span);
            left.Write("\n"u8);
        }

        AtomicFile.Write(files, _path, left.WrittenSpan);
    }

    // Each line is valid until the next.
    private IEnumerable<ReadOnlyMemory<byte>> Lines()
    {
        if (files.Identify(_path) is null)
        {
            yield break;
        }

        var file = files.Open(_path, writable: false);
        using var reader = new ForwardLineReader(file, 0, file.Identity.Length);
        while (reader.TryRead(out var line))
        {
            yield return line;
        }
    }
}
