using TelemetryActors.Engine;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit.Conformance;

namespace TelemetryActors.Tests.Engine;

public sealed class LocalEngineSpec : PipelineConformance
{
    protected override IPipelineUnderTest Start(PipelineSetup setup)
    {
        var sources = new[] { setup.Source };
        var engine = new LocalEngine(setup.Pipeline, new EngineEnvironment
        {
            BaseDirectory = setup.BaseDirectory,
            Sources = () => sources,
            Signal = setup.Source,
            Raise = setup.Raise,
            WhyHeld = setup.WhyHeld,
            Time = setup.Time,
            Jitter = () => 0,
        });
        engine.Start();
        return new Running(engine);
    }

    private sealed class Running(LocalEngine engine) : IPipelineUnderTest
    {
        public IReadOnlyList<SinkStatus> Statuses => engine.Statuses;

        public void Command(string sink, SinkCommand command) => engine.Command(sink, command);

        public Task<bool> FlushAsync(IReadOnlyCollection<string> sinks, TimeSpan timeout) => engine.FlushAsync(sinks, timeout);

        public ValueTask DisposeAsync() => engine.DisposeAsync();
    }
}
