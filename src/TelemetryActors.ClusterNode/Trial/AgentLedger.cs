using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.Browsing;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.ClusterNode.Trial;

/// <summary>What an agent has recorded, and what of it collectors have acknowledged: everything before its sink's cursor, but for what was set aside and waits to be sent again.</summary>
internal sealed class AgentLedger
{
    /// <summary>Events in the agent's own log.</summary>
    public long Recorded { get; private set; }

    /// <summary>Events of runs that no collector has acknowledged.</summary>
    public long Outstanding { get; private set; }

    /// <summary>Those of them that were set aside: dead letters until their runs are taken.</summary>
    public long SetAside { get; private set; }

    /// <summary>Those that were acknowledged.</summary>
    public LineLedger Acknowledged { get; } = new();

    /// <summary>The runs that acknowledged lines belong to.</summary>
    public HashSet<string> Runs { get; } = new(StringComparer.Ordinal);

    /// <summary>Takes an agent's base directory.</summary>
    public void Add(string baseDirectory)
    {
        var state = new SinkStateFile(DiskFileSystem.Instance, baseDirectory, ClusterSinkRegistration.DefaultName).Load(TimeProvider.System.GetUtcNow(), out _);
        var cursors = state.Accounts.ToDictionary(account => account.Slot, account => account.Cursor);
        var aside = LettersOf(baseDirectory);
        foreach (var (slot, at, line) in BaseLines.Of(baseDirectory))
        {
            Recorded++;
            if (aside.Contains((slot, at.Stream, at.Ordinal)))
            {
                SetAside++;
                Outstanding++;
            }
            else if (cursors.TryGetValue(slot, out var cursor) && cursor.Stream == at.Stream && at.Ordinal < cursor.Ordinal)
            {
                Acknowledged.Add(line);
                if (line.RunId is { } run)
                {
                    Runs.Add(run);
                }
            }
            else if (line.RunId is not null)
            {
                Outstanding++;
            }
        }
    }

    // Those that are under way once more are letters until the last of them is answered.
    private static HashSet<(int Slot, StreamId Stream, long Ordinal)> LettersOf(string baseDirectory)
    {
        var letters = new DeadLetterBrowser(DiskFileSystem.Instance, baseDirectory);
        return
        [
            .. letters.Read(ClusterSinkRegistration.DefaultName, new DeadLetterSelection(), []).Concat(letters.ReadTaken(ClusterSinkRegistration.DefaultName))
                .Select(letter => (letter.Slot, letter.Stream, letter.Ordinal)),
        ];
    }
}
