using System.Buffers;

namespace TelemetryActors.Privacy;

/// <summary>One pass over one value, from mark to mark: each character that can begin or betray a finding is shown to its finder.</summary>
internal ref struct ValueScan(ReadOnlySpan<char> text, SensitiveNames assigned, SensitiveNames named)
{
    private static readonly SearchValues<char> Marks = SearchValues.Create("@%=:(+0123456789");

    private List<Finding>? _findings;

    /// <summary>The value.</summary>
    public ReadOnlySpan<char> Text { get; } = text;

    /// <summary>The names whose assignments (<c>name=value</c>) are findings.</summary>
    public SensitiveNames Assigned { get; } = assigned;

    /// <summary>The names whose values behind a colon (<c>name: value</c>) are findings.</summary>
    public SensitiveNames Named { get; } = named;

    /// <summary>The end of the last finding: what lies before it does not count as a neighbour any more.</summary>
    public int Floor { get; private set; }

    /// <summary>Whether the text is a part of one, so that a word which names a number may stand before it.</summary>
    public bool IsPart { get; init; }

    /// <summary>Whether e-mail addresses are no findings.</summary>
    public bool KeepsAddresses { get; init; }

    /// <summary>Characters looked at so far.</summary>
    public long Steps { get; set; }

    /// <summary>All findings in order, none overlapping; null when there are none.</summary>
    public List<Finding>? Run()
    {
        var at = 0;
        var key = -1;
        var mark = -1;
        while (true)
        {
            key = key >= at ? key : Next(KeyFinder.Prefixes, at);
            mark = mark >= at ? mark : Next(at);
            var next = Math.Min(key, mark);
            if (next >= Text.Length)
            {
                return _findings;
            }

            var finding = next == key ? KeyFinder.Find(ref this, next, out at) : FindAtMark(next, out at);
            if (finding.IsFound)
            {
                Add(finding);
                at = Math.Max(at, finding.End);
            }
        }
    }

    /// <summary>The character before a place, or a line feed when a finding or the text's begin is there.</summary>
    public readonly char Before(int at) => at > Floor ? Text[at - 1] : '\n';

    private Finding FindAtMark(int at, out int next)
    {
        next = at + 1;
        return Text[at] switch
        {
            '@' => KeepsAddresses ? Finding.None : EmailFinder.Find(ref this, at),
            '%' => FindEncoded(at),
            '=' => AssignmentFinder.Find(ref this, at),
            ':' when Text[at..].StartsWith("://") => UserInfoFinder.Find(ref this, at, out next),
            ':' => NamedValueFinder.Find(ref this, at),
            _ => NumberFinder.Find(ref this, at, out next),
        };
    }

    private Finding FindEncoded(int at) =>
        !KeepsAddresses && Text[at..].StartsWith(EmailFinder.PercentAt) ? EmailFinder.Find(ref this, at, EmailFinder.PercentAt.Length)
        : !KeepsAddresses && Text[at..].StartsWith(EmailFinder.TwicePercentAt) ? EmailFinder.Find(ref this, at, EmailFinder.TwicePercentAt.Length)
        : Text[at..].StartsWith(NumberFinder.PercentPlus, StringComparison.OrdinalIgnoreCase) ? NumberFinder.FindEncoded(ref this, at, NumberFinder.PercentPlus.Length)
        : Text[at..].StartsWith(NumberFinder.TwicePercentPlus, StringComparison.OrdinalIgnoreCase) ? NumberFinder.FindEncoded(ref this, at, NumberFinder.TwicePercentPlus.Length)
        : Finding.None;

    private void Add(Finding finding)
    {
        _findings ??= [];
        while (_findings.Count > 0 && _findings[^1].End > finding.Start)
        {
            finding = new Finding(Math.Min(finding.Start, _findings[^1].Start), Math.Max(finding.End, _findings[^1].End));
            _findings.RemoveAt(_findings.Count - 1);
        }

        _findings.Add(finding);
        Floor = finding.End;
    }

    private int Next(int from)
    {
        var found = Text[from..].IndexOfAny(Marks);
        return Found(found, from);
    }

    private int Next(SearchValues<string> prefixes, int from)
    {
        var found = Text[from..].IndexOfAny(prefixes);
        return Found(found, from);
    }

    private int Found(int found, int from)
    {
        Steps += found < 0 ? Text.Length - from : found + 1;
        return found < 0 ? Text.Length : from + found;
    }
}
