using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace TelemetryActors.Tests.Hosting;

/// <summary>The same section in several providers of a host's configuration.</summary>
public sealed class RepeatedSettingsSpec : IDisposable
{
    private readonly HostRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    [Trait("Feature", "S4.17")]
    public void A_fault_that_several_providers_repeat_is_told_once()
    {
        _rig.Settings["TelemetryActors:SamplingRate"] = "2";
        _rig.Settings["TelemetryActors:Colour"] = "blue";
        _rig.Configure = configuration => configuration
            .AddInMemoryCollection(_rig.Settings)
            .AddConfiguration(new ConfigurationBuilder().AddInMemoryCollection(_rig.Settings).Build());
        _rig.CommandLine = ["--TelemetryActors:SamplingRate=2"];
        var failures = new List<TelemetryFailure>();
        using var host = _rig.Build(options => options.OnFailure = failures.Add);

        host.Services.GetTelemetry().Record("work");

        Assert.Equal(
            ["TelemetryActors:Colour", "TelemetryActors:SamplingRate"],
            failures.Where(failure => failure.Where == "settings").Select(failure => failure.Message.Split(' ')[0]).Order(StringComparer.Ordinal));
    }
}
