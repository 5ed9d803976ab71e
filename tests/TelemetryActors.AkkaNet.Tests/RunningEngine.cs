using Akka.Actor;
using TelemetryActors.Engine;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit.Conformance;

namespace TelemetryActors.AkkaNet.Tests;

/// <summary>An Akka.NET engine in a system of its own, on the test's clock.</summary>
internal sealed class RunningEngine : IPipelineUnderTest
{
    private readonly ActorSystem _system;

    public RunningEngine(PipelineSetup setup)
    {
        var sources = new[] { setup.Source };
        _system = ActorSystem.Create("conformance", ManualScheduler.On(setup.Time).WithFallback(SpecSettings.Quiet));
        Engine = new AkkaEngine(_system, setup.Pipeline, new EngineEnvironment
        {
            BaseDirectory = setup.BaseDirectory,
            Sources = () => sources,
            Signal = setup.Source,
            Raise = setup.Raise,
            WhyHeld = setup.WhyHeld,
            Time = setup.Time,
            Jitter = () => 0,
        });
        Engine.Start();
    }

    public AkkaEngine Engine { get; }

    public IReadOnlyList<SinkStatus> Statuses => Engine.Statuses;

    public void Command(string sink, SinkCommand command) => Engine.Command(sink, command);

    public Task<bool> FlushAsync(IReadOnlyCollection<string> sinks, TimeSpan timeout) => Engine.FlushAsync(sinks, timeout);

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await _system.Terminate();
    }
}
