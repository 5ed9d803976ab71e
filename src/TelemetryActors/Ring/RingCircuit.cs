using System.Runtime.InteropServices;
using TelemetryActors.Supervision;

namespace TelemetryActors.Ring;

/// <summary>The event log's circuit as its writer sees it, beside the ring: there it can be told while the log's own disk takes nothing.</summary>
/// <remarks>One writer; readers are other processes and look again while the sequence is odd or has changed.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RingCircuit
{
    private const int MaxCauseBytes = 512;
    private const int MostLooks = 100;

    private int _sequence;
    private int _state;
    private long _openUntilTicks;
    private int _failures;
    private int _openings;
    private int _isMisconfigured;
    private int _causeBytes;
    private fixed byte _cause[MaxCauseBytes];

    public void Write(CircuitRecord circuit)
    {
        var sequence = Volatile.Read(ref _sequence) | 1;
        Volatile.Write(ref _sequence, sequence);
        Volatile.WriteBarrier();
        _state = (int)circuit.State;
        _openUntilTicks = circuit.OpenUntil?.UtcTicks ?? 0;
        _failures = circuit.FailuresInARow;
        _openings = circuit.OpeningsInARow;
        _isMisconfigured = circuit.IsMisconfigured ? 1 : 0;
        System.Text.Encoding.UTF8.GetEncoder().Convert(
            circuit.Cause, MemoryMarshal.CreateSpan(ref _cause[0], MaxCauseBytes), flush: true, out _, out _causeBytes, out _);
        Volatile.Write(ref _sequence, sequence + 1);
    }

    /// <summary>What was told last; null when nothing was, or its writer died while it told.</summary>
    public CircuitRecord? Read()
    {
        for (var look = 0; look < MostLooks; look++)
        {
            var sequence = Volatile.Read(ref _sequence);
            var read = ReadNow();
            Volatile.ReadBarrier();
            if (sequence % 2 == 0 && Volatile.Read(ref _sequence) == sequence)
            {
                return sequence == 0 ? null : read;
            }
        }

        return null;
    }

    private CircuitRecord ReadNow()
    {
        var causeBytes = Math.Clamp(_causeBytes, 0, MaxCauseBytes);
        return new CircuitRecord
        {
            State = Enum.IsDefined((CircuitState)_state) ? (CircuitState)_state : CircuitState.Closed,
            OpenUntil = _openUntilTicks > 0 && _openUntilTicks <= DateTime.MaxValue.Ticks ? new DateTimeOffset(_openUntilTicks, TimeSpan.Zero) : null,
            FailuresInARow = _failures,
            OpeningsInARow = _openings,
            IsMisconfigured = _isMisconfigured != 0,
            Cause = causeBytes == 0 ? null : System.Text.Encoding.UTF8.GetString(MemoryMarshal.CreateSpan(ref _cause[0], causeBytes)),
        };
    }
}
