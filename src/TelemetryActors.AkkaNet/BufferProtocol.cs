using Akka.Actor;
using Akka.Event;
using TelemetryActors.Engine;

namespace TelemetryActors.AkkaNet;

/// <summary>What is said at the buffer's second door. All of it stays within one actor system.</summary>
internal static class BufferProtocol
{
    /// <summary>To the buffer: append these lines, and answer when they are fsynced.</summary>
    internal sealed record Append(long Id, ReadOnlyMemory<byte> Lines, int Count) : INoSerializationVerificationNeeded;

    /// <summary>To the buffer: end a run that nobody ends any more.</summary>
    internal sealed record AppendAbandoned(long Id, OpenRun Run, string Cause) : INoSerializationVerificationNeeded;

    /// <summary>From the buffer: the lines are fsynced.</summary>
    /// <param name="Id">The append's number.</param>
    /// <param name="Line">The line that the buffer wrote itself; empty when it was given its lines.</param>
    internal sealed record Appended(long Id, ReadOnlyMemory<byte> Line = default) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>From the buffer: the lines were not appended, or are not known to be fsynced.</summary>
    internal sealed record AppendRefused(long Id, string Reason, bool IsFinal = false) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>To the guardian and the buffer: take no more at the second door; what was taken is still answered.</summary>
    internal sealed record StopTaking : INoSerializationVerificationNeeded;
}
