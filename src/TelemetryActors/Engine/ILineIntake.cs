using TelemetryActors.Events;
using TelemetryActors.Log;

namespace TelemetryActors.Engine;

/// <summary>The ring's second door: for lines that were encoded, redacted and given their ids elsewhere.</summary>
/// <remarks>Thread-safe; waits for nothing but the ring's lock. Refused lines are not counted as dropped: who brought them keeps them.</remarks>
internal interface ILineIntake
{
    /// <summary>Bytes that one append can take.</summary>
    int MaxBytes { get; }

    /// <summary>Appends whole lines, or none.</summary>
    /// <param name="lines">UTF-8, each with its line feed; no more than <see cref="MaxBytes"/>.</param>
    /// <param name="count">How many lines.</param>
    DropReason Append(ReadOnlySpan<byte> lines, int count);

    /// <summary>Ends a run that nobody ends any more.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cause">Why, for people.</param>
    /// <param name="line">The line that was appended; empty when it was refused.</param>
    DropReason AppendAbandoned(OpenRun run, string cause, out ReadOnlyMemory<byte> line);

    /// <summary>Waits until everything appended before the call is fsynced.</summary>
    Task<FlushResult> FlushAsync();
}
