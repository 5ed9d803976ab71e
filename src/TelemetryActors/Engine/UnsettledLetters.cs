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
    private IReadOnlySet<string> _ahead = new HashSet<string>();

    // The last letter that stands in the file for certain, while a write that failed may have left some behind it.
    private long? _certain;

    /// <summary>How many letters the sink has had; null before it was looked.</summary>
    public long? Last { get; private set; }

    /// <summary>The number of the next letter; null before it was looked.</summary>
    public long? Next() => Last is { } last ? Last = last + 1 : null;

    /// <summary>Whether an event that comes as a new one is a letter already, by what the letter is named by.</summary>
    public bool Includes(string id) => _ahead.Contains(id);

    /// <summary>Takes them out of the file, all at once, so that it holds what the state has counted.</summary>
    /// <param name="state">What the last owner kept.</param>
    /// <returns>What to go on from. Where nothing was kept the letters that are there are counted; for a sink that keeps its accounts with its data <see cref="WithOwn"/> does that.</returns>
    /// <exception cref="IOException">The dead letters cannot be read or written now.</exception>
    public SinkState Withdraw(SinkState state)
    {
        _certain = null;
        if (state.KnowsNothing)
        {
            NumberAll();
        }

        var found = Find(state);
        if (found.Unsettled.Count > 0)
        {
            Rewrite(found.Unsettled);
        }

        Last = Math.Max(state.Letters ?? 0, found.Last);
        _ahead = found.Ahead;
        if (!state.KnowsNothing)
        {
            return state with { Letters = Last };
        }

        // Not before its own accounts are known: a state that knows its letters and no slot would have all of the log come again.
        return keepsOwn ? state : state.WithDeadLetters(found.Settled, found.Settled + found.Damaged) with { Letters = Last };
    }

    /// <summary>What a sink that keeps its accounts with its data goes on from: where these know less than was settled, letters that they do not count are counted beside them.</summary>
    /// <param name="state">What was kept.</param>
    /// <param name="own">What the sink's data say.</param>
    /// <exception cref="IOException">The dead letters cannot be read now.</exception>
    public SinkState WithOwn(SinkState state, IReadOnlyList<SinkAccount> own)
    {
        var isLost = state.KnowsNothing;
        var known = state with { Accounts = OwnAccounts.ToGoOnFrom(state.Accounts, own, !isLost) };
        if (!OwnAccounts.StartOver(state.Accounts, known.Accounts))
        {
            return known;
        }

        var found = Find(known);
        _ahead = found.Ahead;
        var letters = found.Settled + found.Unsettled.Count;

        // A letter that is counted and not there is a fault. Only what became of letters while there was a state, and went with it, is no debt.
        return known.WithDeadLetters(letters, isLost ? letters + found.Damaged : long.MaxValue);
    }

    /// <summary>The sink was made anew, and goes on from these accounts.</summary>
    /// <exception cref="IOException">The dead letters cannot be read now.</exception>
    public void MadeAnew(SinkState state) => _ahead = Find(state with { Letters = Last }).Ahead;

    /// <summary>Before letters are written: takes back what an earlier write that failed may have left, so that the same letters can be written again under the same numbers.</summary>
    /// <exception cref="IOException">The dead letters cannot be read or written now.</exception>
    public void BeginWrite()
    {
        if (_certain is { } certain)
        {
            WithdrawBehind(certain);
        }

        _certain = Last;
    }

    /// <summary>All of them stand in the file for certain.</summary>
    public void EndWrite() => _certain = null;

    /// <summary>The write has failed: what it may have left is taken back, now or before the next one.</summary>
    public void FailWrite()
    {
        try
        {
            if (_certain is { } certain)
            {
                WithdrawBehind(certain);
                _certain = null;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next write begins with it.
        }
    }

    /// <summary>Looks which lines of the file are letters that a state knows.</summary>
    /// <exception cref="IOException">The dead letters cannot be read now.</exception>
    public LettersFound Find(SinkState state)
    {
        var (settled, damaged, last) = (0L, 0L, 0L);
        HashSet<int> unsettled = [];
        List<int> atEnd = [];
        HashSet<string> ahead = [];
        var again = new ComingAgain(state, new TakenLetters(files, baseDirectory, sink));
        foreach (var (index, line) in Lines().Index())
        {
            var isLetter = StoredLetter.TryParse(line, out var letter, out _);
            last = isLetter ? Math.Max(last, letter.Number ?? 0) : last;
            if (isLetter && again.IsAhead(letter))
            {
                ahead.Add(letter.Id);
            }

            if (isLetter && state.Letters is { } known && letter.Number > known && (!keepsOwn || again.Includes(letter) || again.IsReplayed(letter) || again.IsOfUnsettledSlot(letter)))
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
        return new LettersFound(settled, damaged, unsettled, last, ahead);
    }

    private void WithdrawBehind(long certain)
    {
        var (begin, isCut) = (0L, true);
        HashSet<int> uncertain = [];
        foreach (var (index, (line, end)) in FileLines.WithEnds(files, _path).Index())
        {
            if (StoredLetter.TryParse(line, out var letter, out _) && letter.Number > certain)
            {
                uncertain.Add(index);
            }
            else
            {
                isCut = uncertain.Count == 0;
                begin = end;
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

    // Those of older files as well: a start that counts them all is to be the last that asks whether they are counted.
    private void NumberAll()
    {
        var (last, numbered) = (Lines().Max(line => StoredLetter.TryParse(line, out var letter, out _) ? letter.Number ?? 0 : (long?)0) ?? 0, false);
        var all = new ArrayBufferWriter<byte>();
        foreach (var line in Lines())
        {
            if (StoredLetter.TryParse(line, out var letter, out _) && letter.Number is null && line.Span[0] == '{')
            {
                all.Write(System.Text.Encoding.UTF8.GetBytes($"{{\"number\":{++last},"));
                all.Write(line.Span[1..]);
                numbered = true;
            }
            else
            {
                all.Write(line.Span);
            }

            all.Write("\n"u8);
        }

        if (numbered)
        {
            AtomicFile.Write(files, _path, all.WrittenSpan);
        }
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

    private IEnumerable<ReadOnlyMemory<byte>> Lines() => FileLines.Of(files, _path);
}
