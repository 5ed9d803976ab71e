using System.Text.Json;
using TelemetryActors.Encoding;
using TelemetryActors.Runs;

namespace TelemetryActors.Privacy;

/// <summary>Whether a run's id says whose it is: the digits around its agent's part have no meaning, that part is a name like any other (D.8).</summary>
internal static class PersonalRunId
{
    /// <summary>Judges an id.</summary>
    /// <param name="run">The id.</param>
    /// <param name="line">The event's line: its agent is what the id's part may be made of, in a form that hides findings.</param>
    /// <param name="isPersonal">Judges a text.</param>
    public static bool Is(RunId run, ReadOnlySpan<byte> line, Func<string, bool> isPersonal) =>
        isPersonal(run.Agent) || (AgentOf(line) is { } agent && RunId.Create(agent, run.StartedAt, 0).Agent == run.Agent && isPersonal(agent));

    // The last of several counts, as it does for who reads the line.
    private static string? AgentOf(ReadOnlySpan<byte> line)
    {
        string? agent = null;
        var reader = new Utf8JsonReader(line, JsonLine.ReaderOptions);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isAgent = reader.ValueTextEquals("agent"u8);
            reader.Read();
            agent = isAgent && reader.TokenType == JsonTokenType.String ? PrivacyFilter.TextOf(in reader) : agent;
            reader.Skip();
        }

        return agent;
    }
}
