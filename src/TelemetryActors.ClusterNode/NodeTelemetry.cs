using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TelemetryActors.Configuration;
using TelemetryActors.Hosting;
using TelemetryActors.Slots;

namespace TelemetryActors.ClusterNode;

/// <summary>What a node's telemetry does: the collector's sizes, and what the section <c>TelemetryActors</c> says.</summary>
internal sealed partial class NodeTelemetry
{
    private readonly IConfiguration _configuration;

    public NodeTelemetry(IConfiguration configuration)
    {
        _configuration = configuration;
        var options = new TelemetryOptions();
        Apply(options);
        options.Outside = HostSettings.Read(configuration);
        Faults = [.. TelemetryOptionsFaults.Of(options).Concat(StartSettings.Find(options).Resolved.Faults).Distinct()];
    }

    /// <summary>Where failures inside the telemetry are told; nowhere until it is set.</summary>
    public ILogger Log { get; set; } = NullLogger.Instance;

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
        options.OnFailure = failure => Failed(Log, failure.Where, failure.Message);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Where}: {What}")]
    private static partial void Failed(ILogger log, string where, string what);
}
