using Xunit;

namespace TelemetryActors.Events;

public sealed class StandardEventsSpec
{
    [Theory]
    [InlineData(StandardEvents.RuntimeStart, "runtime_start")]
    [InlineData(StandardEvents.RuntimeShutdown, "runtime_shutdown")]
    [InlineData(StandardEvents.RuntimeError, "runtime_error")]
    [InlineData(StandardEvents.ServiceStart, "service_start")]
    [InlineData(StandardEvents.ServiceReady, "service_ready")]
    [InlineData(StandardEvents.ServiceNotReady, "service_not_ready")]
    [InlineData(StandardEvents.ServiceExit, "service_exit")]
    [InlineData(StandardEvents.ServiceBlocked, "service_blocked")]
    [InlineData(StandardEvents.GpuStatus, "gpu_status")]
    [InlineData(StandardEvents.SecretsMissing, "secrets_missing")]
    [InlineData(StandardEvents.SecretsUpdated, "secrets_updated")]
    [InlineData(StandardEvents.MigrationStart, "migration_start")]
    [InlineData(StandardEvents.MigrationApplied, "migration_applied")]
    [InlineData(StandardEvents.MigrationFailed, "migration_failed")]
    [InlineData(StandardEvents.AssetMissing, "asset_missing")]
    [InlineData(StandardEvents.AssetChecksumMismatch, "asset_checksum_mismatch")]
    [InlineData(StandardEvents.AssetSizeExceeded, "asset_size_exceeded")]
    [Trait("Feature", "S0.9")]
    [Trait("Feature", "S0.10")]
    [Trait("Feature", "S0.11")]
    [Trait("Feature", "S0.12")]
    [Trait("Feature", "S0.13")]
    [Trait("Feature", "S0.14")]
    [Trait("Feature", "S0.15")]
    [Trait("Feature", "S0.16")]
    [Trait("Feature", "S0.17")]
    [Trait("Feature", "S0.18")]
    [Trait("Feature", "S0.19")]
    [Trait("Feature", "S0.20")]
    [Trait("Feature", "S0.21")]
    [Trait("Feature", "S0.22")]
    [Trait("Feature", "S0.23")]
    [Trait("Feature", "S0.24")]
    [Trait("Feature", "S0.25")]
    public void Each_name_is_the_one_on_the_wire(string constant, string wire)
    {
        Assert.Equal(wire, constant);

        Assert.Contains(wire, StandardEvents.All);
    }

    [Fact]
    [Trait("Feature", "S0.26")]
    public void There_are_seventeen()
    {
        Assert.Equal(17, StandardEvents.All.Distinct().Count());
    }
}
