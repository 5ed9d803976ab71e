using Xunit;

namespace TelemetryActors.Sinks.Tests.S3;

/// <summary>The specs that share one real S3 server.</summary>
[CollectionDefinition(Name)]
public sealed class S3Collection : ICollectionFixture<SharedGateway>
{
    public const string Name = "S3";
}
