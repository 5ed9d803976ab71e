using Xunit;

namespace TelemetryActors.Tests.Engine;

/// <summary>Specs that look at the whole process's memory: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
