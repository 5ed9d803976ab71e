using TelemetryActors.Benchmarks.Events;

namespace TelemetryActors.Benchmarks.Contenders;

/// <summary>Something that takes events and leaves <c>*.ndjson</c> files below a directory. An instance is opened once.</summary>
internal interface IContender
{
    /// <summary>Work that is not measured; only the row that is handed encoded bytes has any.</summary>
    void Prepare(BenchEvent[] events)
    {
    }

    /// <summary>Starts; the clock runs.</summary>
    void Open(string directory, int producers);

    /// <summary>Records one event, on the thread of the producer with this number (from 0).</summary>
    void Write(int producer, in BenchEvent e);

    /// <summary>Returns when every event is written, its file closed and fsynced once.</summary>
    void Close();
}
