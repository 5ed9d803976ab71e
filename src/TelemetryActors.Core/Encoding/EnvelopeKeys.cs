using System.Text.Json;

namespace TelemetryActors.Encoding;

/// <summary>The names of the envelope's keys.</summary>
internal static class EnvelopeKeys
{
    private static readonly string[] Names =
    [
        "ts", "event", "details", "level", "agent", "session_id", "user_id", "weight", "received_ts", "run_id", "run_seq", "id",
    ];

    public static int Count => Names.Length;

    public static string NameOf(EnvelopeKey key) => Names[(int)key];

    /// <summary>The key whose name a reader stands on.</summary>
    public static EnvelopeKey Of(in Utf8JsonReader reader)
    {
        for (var i = 0; i < Names.Length; i++)
        {
            if (reader.ValueTextEquals(Names[i]))
            {
                return (EnvelopeKey)i;
            }
        }

        return EnvelopeKey.Unknown;
    }
}
