using TelemetryActors.AkkaNet.Runs;

namespace TelemetryActors.AkkaNet.Tests.Runs;

/// <summary>A batch before it has a number.</summary>
internal sealed record RunBatchText(string[] Lines)
{
    public byte[] Bytes => System.Text.Encoding.UTF8.GetBytes(string.Concat(Lines.Select(line => line + "\n")));

    public RunBatch As(long batchId, string run = RunLines.Run) => new(run, batchId, Bytes, Lines.Length);
}
