using TelemetryActors.Pipeline;
using TelemetryActors.Ring;

namespace TelemetryActors.Log;

/// <summary>What is written again after a failed fsync, and how far that has come: a disk that is full in between goes on where it stopped.</summary>
/// <param name="from">Behind the last event known to be on the device, or the oldest that the ring still has.</param>
/// <param name="to">Behind the last event that had been written.</param>
/// <param name="superseded">Files of earlier such tries that nothing of is known to be on the device, and all of which is written again.</param>
internal sealed class LogRewrite(Cursor from, Cursor to, IReadOnlyList<LogFile> superseded)
{
    private const int BufferBytes = 128 * 1024;

    private Cursor _from = from;

    public IReadOnlyList<LogFile> Superseded { get; } = superseded;

    /// <summary>Writes it.</summary>
    /// <param name="ring">Has the bytes, unless they were overwritten meanwhile.</param>
    /// <param name="append">Takes them; what it throws leaves the rest to the next call.</param>
    /// <param name="reached">How far the last append came, also where it threw.</param>
    /// <param name="skip">Says where to go on, up to a place, when the ring does not have them any more.</param>
    public void Run(EventRing ring, LogAppend append, Func<Cursor> reached, Func<Cursor, Cursor> skip)
    {
        var buffer = new byte[BufferBytes];
        while (_from.Position < to.Position)
        {
            var limit = (int)Math.Min(buffer.Length, to.Position - _from.Position);
            if (RingReader.TryRead(ring, _from, int.MaxValue, buffer.AsSpan(0, limit)) is not { Bytes: > 0 } read)
            {
                _from = skip(to);
                continue;
            }

            try
            {
                append(buffer.AsSpan(0, read.Bytes), read.Start, read.End);
            }
            finally
            {
                _from = reached();
            }
        }
    }
}
