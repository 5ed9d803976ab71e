using Xunit;

namespace TelemetryActors.Sinks.Tests.Outage;

/// <summary>Specs that look at the whole process's memory: no other may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
