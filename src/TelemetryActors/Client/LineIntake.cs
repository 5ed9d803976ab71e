using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Log;

namespace TelemetryActors.Client;

/// <summary>The second door to a client's ring.</summary>
internal sealed class LineIntake(EventWriter writer, Func<long> ringBytes, Func<Task<FlushResult>> flush) : ILineIntake
{
    // What a ring takes at once without holding other producers for long.
    private const int RingShare = 8;

    public int MaxBytes => (int)Math.Min(int.MaxValue, ringBytes() / RingShare);

    public DropReason Append(ReadOnlySpan<byte> lines, int count) => writer.WriteEncoded(lines, count);

    public DropReason AppendAbandoned(OpenRun run, string cause, out ReadOnlyMemory<byte> line) =>
        writer.WriteAbandoned(run.RunId, run.Agent, cause, mayWait: false, out line).Reason;

    public Task<FlushResult> FlushAsync() => flush();
}
