using TelemetryActors.TestKit.Conformance;

namespace TelemetryActors.AkkaNet.Tests;

public sealed class AkkaEngineSpec : PipelineConformance
{
    protected override IPipelineUnderTest Start(PipelineSetup setup) => new RunningEngine(setup);
}
