using Microsoft.Extensions.Configuration;
using TelemetryActors.Configuration;
using TelemetryActors.Hosting;
using TelemetryActors.Slots;

namespace TelemetryActors.ClusterNode;

/// <summary>What a node's telemetry does: the collector's sizes, and what the section <c>TelemetryActors</c> says.</summary>
internal sealed class NodeTelemetry
{
    private const string SwitchedOff =
        "enabled is false: a collector that records nothing would take its share of the runs and refuse all of them. Leave this node out instead";

    private readonly IConfiguration _configuration;

    public NodeTelemetry(IConfiguration configuration)
    {
        _configuration = configuration;
        var options = new TelemetryOptions();
        Apply(options);
        options.Outside = HostSettings.Read(configuration);
        var found = StartSettings.Find(options);
        Faults = [.. TelemetryOptionsFaults.Of(options).Concat(found.Resolved.Faults).Concat(found.Options.Enabled ? [] : [SwitchedOff]).Distinct()];
    }

    /// <summary>What is wrong with the settings, each with its path.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>Where the node keeps everything of its own.</summary>
    public static string BaseDirectory(IConfiguration configuration) => BaseFolder.Find(configuration["TelemetryActors:BaseDirectory"]).Path;

    /// <summary>Puts it into options.</summary>
    public void Apply(TelemetryOptions options)
    {
        options.Agent = "collector";
        options.Preset = TelemetryPreset.Collector;
        options.RejectBadSettings = true;
        options.BaseDirectory = BaseDirectory(_configuration);
    }
}
