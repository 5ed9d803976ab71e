namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>What the telemetry holds while events pass: the growth of the managed heap since before it was started, garbage collected, and its ring.</summary>
/// <param name="FirstBytes">Heap growth after the first twentieth of the events.</param>
/// <param name="LastBytes">Heap growth at the end.</param>
/// <param name="MostBytes">The largest heap growth of all twenty looks.</param>
/// <param name="RingBytes">The ring.</param>
/// <param name="ResidentBytes">The whole process's resident memory at the end; the runtime and the input are in it.</param>
/// <param name="Events">Events that were handed over.</param>
/// <param name="Delivered">Events that the event log's account says it has.</param>
/// <param name="IsBalanced">Whether every account is balanced.</param>
internal sealed record MemoryResult(
    long FirstBytes, long LastBytes, long MostBytes, long RingBytes, long ResidentBytes, long Events, long Delivered, bool IsBalanced);
