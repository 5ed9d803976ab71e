using System.Globalization;

namespace TelemetryActors.AkkaNet.Tests.Agents;

/// <summary>Lines as an agent's ring has them.</summary>
internal static class AgentLine
{
    public const string Instance = "0123456789a";

    public static byte[] Of(string? run, long sequence, string instance = Instance, int padding = 0) => System.Text.Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"ts\":\"2026-03-01T12:00:00Z\",\"event\":\"e\",\"details\":{{\"n\":{sequence},\"p\":\"{new string('x', padding)}\"}}{(run is null ? "" : $",\"run_id\":\"{run}\",\"run_seq\":{sequence}")},\"id\":\"{instance}-{sequence:00000000000000}\"}}\n"));

    public static ReadOnlyMemory<byte> Join(params IEnumerable<byte[]> lines) => lines.SelectMany(line => line).ToArray();
}
