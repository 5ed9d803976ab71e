using TelemetryActors.Supervision;

namespace TelemetryActors.TestKit.Conformance;

/// <summary>A running pipeline of some engine, as <see cref="PipelineConformance"/> drives it.</summary>
public interface IPipelineUnderTest : IAsyncDisposable
{
    /// <summary>Every sink as its supervisor sees it now.</summary>
    IReadOnlyList<SinkStatus> Statuses { get; }

    /// <summary>Appends an operator's command to a sink's command file.</summary>
    void Command(string sink, SinkCommand command);

    /// <summary>Sends what is there to the named sinks.</summary>
    Task<bool> FlushAsync(IReadOnlyCollection<string> sinks, TimeSpan timeout);
}
