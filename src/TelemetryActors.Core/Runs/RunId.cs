using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TelemetryActors.Runs;

/// <summary>Names a run: <c>YYYYMMDDTHHMMSSZ-&lt;agent&gt;-&lt;8 hexadecimal digits&gt;</c> (S4.3, U.1).</summary>
/// <remarks>Sorts by start time as text. Safe in file names, URLs and object keys.</remarks>
public sealed record RunId
{
    /// <summary>Characters of the agent's part, at the most.</summary>
    public const int MaxAgentChars = 64;

    private const string InstantForm = "yyyyMMdd'T'HHmmss'Z'";
    private const int InstantChars = 16;
    private const int RandomChars = 8;
    private const string NamelessAgent = "agent";

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    private RunId(string text, DateTimeOffset startedAt, string agent)
    {
        Text = text;
        StartedAt = startedAt;
        Agent = agent;
    }

    /// <summary>The id.</summary>
    public string Text { get; }

    /// <summary>The second the run began, in UTC.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>The agent's part.</summary>
    public string Agent { get; }

    /// <summary>Names a new run.</summary>
    /// <param name="agent">The agent's name; letters become lower case, and what is not a letter, digit, '_', '.' or '-' of ASCII becomes '-'.</param>
    /// <param name="startedAt">When the run begins.</param>
    /// <param name="random">32 random bits, which keep runs of one second apart.</param>
    public static RunId Create(string agent, DateTimeOffset startedAt, uint random)
    {
        ArgumentNullException.ThrowIfNull(agent);
        var second = new DateTimeOffset(startedAt.UtcTicks - (startedAt.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        var safe = Sanitise(agent);
        return new RunId(
            string.Create(CultureInfo.InvariantCulture, $"{second.ToString(InstantForm, CultureInfo.InvariantCulture)}-{safe}-{random:x8}"),
            second,
            safe);
    }

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static RunId Parse(string text) => TryParse(text, out var id, out var error) ? id : throw new FormatException(error);

    /// <summary>Reads an id.</summary>
    /// <param name="text">The id.</param>
    /// <param name="id">What it names; null when it is none.</param>
    /// <param name="error">Why it is none, for people; null when it is one.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RunId? id, [NotNullWhen(false)] out string? error)
    {
        id = null;
        error = FindFault(text ?? "", out var startedAt);
        if (error is null)
        {
            id = new RunId(text!, startedAt, text![(InstantChars + 1)..^(RandomChars + 1)]);
        }

        return error is null;
    }

    /// <summary>The id.</summary>
    public override string ToString() => Text;

    private static string? FindFault(string text, out DateTimeOffset startedAt)
    {
        startedAt = default;
        if (text.Length < InstantChars + 1 + 1 + 1 + RandomChars || text[InstantChars] != '-' || text[^(RandomChars + 1)] != '-')
        {
            return "a run id reads YYYYMMDDTHHMMSSZ-<agent>-<8 hexadecimal digits>";
        }

        if (!DateTimeOffset.TryParseExact(
            text.AsSpan(0, InstantChars), InstantForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out startedAt))
        {
            return $"a run id begins with a time in UTC such as 20240115T103000Z, not with '{text[..InstantChars]}'";
        }

        var agent = text.AsSpan()[(InstantChars + 1)..^(RandomChars + 1)];
        if (agent.Length > MaxAgentChars)
        {
            return $"the agent of a run id has at most {MaxAgentChars} characters, not {agent.Length}";
        }

        foreach (var c in agent)
        {
            if (!IsSafe(c))
            {
                return $"the agent of a run id is made of a-z, 0-9, '_', '.' and '-', without '{c}'";
            }
        }

        return text.AsSpan()[^RandomChars..].ContainsAnyExcept(LowerHex)
            ? $"a run id ends with 8 hexadecimal digits in lower case, not with '{text[^RandomChars..]}'"
            : null;
    }

    private static string Sanitise(string agent)
    {
        var length = Math.Min(agent.Length, MaxAgentChars);
        return length == 0 ? NamelessAgent : string.Create(length, agent, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                var c = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | 0x20) : source[i];
                target[i] = IsSafe(c) ? c : '-';
            }
        });
    }

    private static bool IsSafe(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '.' or '-';
}
