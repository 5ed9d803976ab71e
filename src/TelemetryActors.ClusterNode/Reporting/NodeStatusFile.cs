using System.Buffers;
using System.Text.Json;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;

namespace TelemetryActors.ClusterNode.Reporting;

/// <summary>The file <c>state/node.json</c> of a node's base directory, replaced every few seconds: what probes and scripts look at.</summary>
internal static class NodeStatusFile
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true };

    public static string PathIn(string baseDirectory) => Path.Combine(baseDirectory, "state", "node.json");

    public static void Write(string baseDirectory, NodeStatus status)
    {
        var content = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(content, Readable))
        {
            Write(json, status);
        }

        AtomicFile.Write(DiskFileSystem.Instance, PathIn(baseDirectory), content.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, NodeStatus status)
    {
        json.WriteStartObject();
        json.WriteString("ts", status.At.UtcDateTime);
        json.WriteNumber("pid", Environment.ProcessId);
        json.WriteString("address", status.Address);
        json.WriteString("member", status.Member);
        json.WriteBoolean("ready", status.IsReady);
        json.WriteStartArray("collectors");
        foreach (var (address, member, isReachable) in status.Collectors)
        {
            json.WriteStartObject();
            json.WriteString("address", address);
            json.WriteString("member", member);
            json.WriteBoolean("reachable", isReachable);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("agents", status.Agents);
        json.WriteNumber("shards", status.Shards);
        json.WriteNumber("runs", status.Runs);
        json.WriteStartArray("sinks");
        foreach (var sink in status.Sinks)
        {
            Write(json, sink);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SinkStatus sink)
    {
        json.WriteStartObject();
        json.WriteString("name", sink.Name);
        json.WriteString("circuit", sink.Circuit.State.ToString().ToLowerInvariant());
        if (sink.Circuit.OpenUntil is { } until)
        {
            json.WriteString("open_until", until.UtcDateTime);
        }

        if (sink.Circuit.Cause is { } cause)
        {
            json.WriteString("cause", cause);
        }

        json.WriteNumber("pending", sink.Pending);
        json.WriteNumber("delivered", sink.Delivered);
        json.WriteNumber("dropped", sink.Dropped);
        json.WriteNumber("dead_lettered", sink.DeadLettered);
        json.WriteEndObject();
    }
}
