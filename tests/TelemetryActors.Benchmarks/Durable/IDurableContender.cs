using TelemetryActors.Benchmarks.Events;

namespace TelemetryActors.Benchmarks.Durable;

/// <summary>Something that says when an event is on the disk. An instance is opened once.</summary>
internal interface IDurableContender
{
    /// <summary>Starts.</summary>
    void Open(string directory);

    /// <summary>Records the event; the task ends when it is fsynced. Callable from any thread.</summary>
    Task WriteAsync(in BenchEvent e);

    /// <summary>Ends; everything that was acknowledged is on the disk.</summary>
    void Close();
}
