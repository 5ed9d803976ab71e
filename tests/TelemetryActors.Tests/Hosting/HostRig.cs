using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TelemetryActors.TestKit;
using TelemetryActors.Tests.Client;

namespace TelemetryActors.Tests.Hosting;

/// <summary>Real hosts on a temporary base directory, with settings and an environment that the spec writes.</summary>
internal sealed class HostRig : IDisposable
{
    public ClientRig Client { get; } = new();

    public Dictionary<string, string?> Settings { get; } = [];

    public string[] CommandLine { get; set; } = [];

    /// <summary>More of the host's configuration, above the settings and below the command line.</summary>
    public Action<IConfigurationBuilder>? Configure { get; set; }

    public IHost Build(Action<TelemetryOptions>? configure = null, Action<IServiceCollection>? more = null)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ApplicationName = "spec-host" });
        builder.Configuration.AddInMemoryCollection(Settings);
        Configure?.Invoke(builder.Configuration);
        builder.Configuration.AddCommandLine(CommandLine);
        more?.Invoke(builder.Services);
        builder.Services.AddTelemetryActors(options =>
        {
            options.BaseDirectory = Client.BaseDirectory;
            options.Variables = Client.Variables;
            options.Preset = TelemetryPreset.Small;
            (options.StartBudget, options.ShutdownBudget, options.CommitPatience) = (Eventually.DefaultBound, Eventually.DefaultBound, Eventually.DefaultBound);
            configure?.Invoke(options);
        });
        return builder.Build();
    }

    public void Dispose() => Client.Dispose();
}
