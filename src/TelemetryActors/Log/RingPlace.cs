using System.Text.Json;
using TelemetryActors.Ring;

namespace TelemetryActors.Log;

/// <summary>Where a writer's ring was: its directory depends on user and environment, so whoever looks after the slot cannot know it by itself.</summary>
/// <param name="Path">The ring's file.</param>
/// <param name="Host">The machine.</param>
/// <param name="Boot">The machine's boot; a ring in memory does not outlive it, one on a disk is trusted then when it was closed in order.</param>
/// <param name="Bytes">How much it can hold: who finds it gone knows no more of what it held. Null in a state that does not say.</param>
internal sealed record RingPlace(string Path, string Host, Guid Boot, long? Bytes)
{
    /// <summary>A ring of this process; null for one in plain memory.</summary>
    public static RingPlace? Of(EventRing ring) => ring.Path is { } path ? new RingPlace(path, Environment.MachineName, RingFactory.BootId, ring.Capacity) : null;

    public bool IsOfThisHost => Host == Environment.MachineName;

    public bool IsOfThisBoot => IsOfThisHost && Boot == RingFactory.BootId;

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject("ring");
        json.WriteString("path", Path);
        json.WriteString("host", Host);
        json.WriteString("boot", Boot);
        if (Bytes is { } bytes)
        {
            json.WriteNumber("bytes", bytes);
        }

        json.WriteEndObject();
    }

    public static RingPlace? TryRead(JsonElement root) => root.TryGetProperty("ring", out var ring)
        ? new RingPlace(
            ring.GetProperty("path").GetString() ?? "",
            ring.GetProperty("host").GetString() ?? "",
            ring.GetProperty("boot").GetGuid(),
            ring.TryGetProperty("bytes", out var bytes) ? bytes.GetInt64() : null)
        : null;
}
