using System.Text.Json;

namespace TelemetryActors.Privacy;

/// <summary>Whether a member of JSON holds coordinates: by its name, and where the name may mean something else, by its value or a neighbour (S1.12).</summary>
/// <remarks>Remembers the names it has judged. Not thread-safe.</remarks>
internal sealed class PlaceMembers
{
    private const int MostRemembered = 1024;
    private const int MostNeighbours = 64;

    // Decimals that make a number degrees: in a pair, beside another one of the same place, and alone.
    private const int InPair = 2;
    private const int BesideOther = 3;
    private const int Alone = 4;

    // What these hold is a place when two numbers can be degrees at all.
    private static readonly SensitiveNames Positions = new(PlaceWords.Positions.Split('|'));

    private readonly Dictionary<string, PlaceEvidence> _judged = [];

    /// <summary>Judges a member.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="member">Stands on the name; a copy does the looking.</param>
    /// <param name="enclosing">The text from the begin of the object that it is a member of.</param>
    public bool Holds(string name, Utf8JsonReader member, ReadOnlySpan<byte> enclosing)
    {
        var evidence = Judge(name);
        if (evidence == PlaceEvidence.None || !member.Read())
        {
            return false;
        }

        return evidence == PlaceEvidence.Certain
            ? Coordinates.HoldsNumber(member)
            : Coordinates.IsIn(member, Positions.Matches(name) ? 0 : InPair)
                || Coordinates.IsDegrees(member, Alone)
                || (Coordinates.IsDegrees(member, InPair) && HasNeighbour(name, enclosing));
    }

    // A member beside it that is of a place for certain, or one more that may be with the decimals of degrees.
    private bool HasNeighbour(string name, ReadOnlySpan<byte> enclosing)
    {
        var reader = new Utf8JsonReader(enclosing, isFinalBlock: false, default);
        reader.Read();
        for (var count = 0; count < MostNeighbours && reader.Read() && reader.TokenType == JsonTokenType.PropertyName; count++)
        {
            var evidence = reader.ValueIsEscaped || reader.ValueTextEquals(name) ? PlaceEvidence.None : Judge(System.Text.Encoding.UTF8.GetString(reader.ValueSpan));
            if (!reader.Read())
            {
                return false;
            }

            if ((evidence == PlaceEvidence.Certain && Coordinates.HoldsNumber(reader)) || (evidence == PlaceEvidence.Perhaps && Coordinates.IsDegrees(reader, BesideOther)))
            {
                return true;
            }

            if (!reader.TrySkip())
            {
                return false;
            }
        }

        return false;
    }

    private PlaceEvidence Judge(string name)
    {
        if (!_judged.TryGetValue(name, out var evidence))
        {
            evidence = PlaceNames.Of(name);
            if (_judged.Count < MostRemembered)
            {
                _judged.Add(name, evidence);
            }
        }

        return evidence;
    }
}
