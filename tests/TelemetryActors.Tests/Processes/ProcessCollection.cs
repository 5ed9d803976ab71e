using Xunit;

namespace TelemetryActors.Processes;

/// <summary>Specs that start processes, and those that give locks back and take them again, one after another and beside no other.</summary>
/// <remarks>Between fork and exec a child holds a copy of every handle, and with it the lock that its parent, in whatever spec, has just given back.</remarks>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessCollection
{
    public const string Name = "processes and locks";
}
