using TelemetryActors.Log;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Browsing;

/// <summary>Lines of a stretch that are no events, and events that are not where they were written.</summary>
/// <param name="Stretch">The stretch.</param>
/// <param name="Path">Its file.</param>
/// <param name="Offset">Where the first such line begins.</param>
/// <param name="Lines">How many.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Before">Before the first of the lost events.</param>
/// <param name="Lost">Events that the stretch was written with and does not hold any more; 0 where another file holds them.</param>
/// <param name="Ids">Events whose ids are missing there.</param>
internal sealed record LogDamage(LogStretch Stretch, string Path, long Offset, long Lines, long Bytes, Cursor Before, long Lost, long Ids)
{
    private string Place => Lines > 0 ? $"{Path} at offset {Offset}: {Lines} lines ({Bytes} bytes) from there on are no events" : $"{Path} at offset {Offset}: lines from there on are gone";

    /// <summary>What is said of it.</summary>
    /// <param name="counted">Events that were lost with it and are counted.</param>
    public string TextOf(long counted) => Place + (counted, Ids) switch
    {
        (0, 0) => "; nothing was lost with them",
        _ when counted >= Ids => $"; {counted} events that stood there are lost for good, and counted as missing",
        (0, _) => $"; {Ids} events that stood there are lost for good, as their ids say, and nothing that counts them is left",
        _ => $"; {Ids} events that stood there are lost for good, as their ids say: {counted} are counted as missing, and nothing that counts the others is left",
    };
}
