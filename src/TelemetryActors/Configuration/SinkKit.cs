using TelemetryActors.Pipeline;

namespace TelemetryActors.Configuration;

/// <summary>A sink of an assembly of its own that brings its settings: what <c>AddSqlite()</c> and <c>AddS3()</c> put into the options.</summary>
/// <remarks>Not thread-safe; copied with the options that hold it, so that a client never changes what its user holds.</remarks>
internal abstract class SinkKit
{
    /// <summary>The sink's name: its settings are <c>sinks.NAME.*</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What can be set from outside, in the order in which it is shown. Each reads and writes the kit of the options it is given.</summary>
    public abstract IReadOnlyList<Setting> Settings { get; }

    /// <summary>What is wrong with the kit's options, each with its path (<c>Sinks:S3:Bucket</c>).</summary>
    public abstract IEnumerable<string> Faults();

    /// <summary>The sink that the options ask for; null when they ask for none.</summary>
    /// <param name="context">What it may use.</param>
    public abstract SinkDefinition? Define(SinkKitContext context);

    /// <summary>A kit with the same options.</summary>
    public abstract SinkKit Copy();

    /// <summary>A kit with nothing set: the defaults.</summary>
    public abstract SinkKit Fresh();
}
