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
    public static EnvelopeKey Of(in Utf8JsonReader reader) => reader.ValueIsEscaped ? OfEscaped(in reader) : Of(reader.ValueSpan);

    // By length first: most names are told apart by it, and each line has ten of them.
    private static EnvelopeKey Of(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => name.SequenceEqual("ts"u8) ? EnvelopeKey.Timestamp : name.SequenceEqual("id"u8) ? EnvelopeKey.Id : EnvelopeKey.Unknown,
        5 => name.SequenceEqual("event"u8) ? EnvelopeKey.Event
            : name.SequenceEqual("level"u8) ? EnvelopeKey.Level
            : name.SequenceEqual("agent"u8) ? EnvelopeKey.Agent
            : EnvelopeKey.Unknown,
        6 => name.SequenceEqual("run_id"u8) ? EnvelopeKey.RunId : name.SequenceEqual("weight"u8) ? EnvelopeKey.Weight : EnvelopeKey.Unknown,
        7 => name.SequenceEqual("details"u8) ? EnvelopeKey.Details
            : name.SequenceEqual("run_seq"u8) ? EnvelopeKey.RunSequence
            : name.SequenceEqual("user_id"u8) ? EnvelopeKey.UserId
            : EnvelopeKey.Unknown,
        10 => name.SequenceEqual("session_id"u8) ? EnvelopeKey.SessionId : EnvelopeKey.Unknown,
        11 => name.SequenceEqual("received_ts"u8) ? EnvelopeKey.ReceivedTimestamp : EnvelopeKey.Unknown,
        _ => EnvelopeKey.Unknown,
    };

    private static EnvelopeKey OfEscaped(in Utf8JsonReader reader)
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
