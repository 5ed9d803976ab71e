using TelemetryActors.Configuration;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Sinks.S3;

/// <summary>The s3 sink with its settings, <c>sinks.s3.*</c>.</summary>
internal sealed class S3Kit(S3Options options) : SinkKit
{
    public S3Options Options { get; } = options;

    public override string Name => S3SinkRegistration.DefaultName;

    public override IReadOnlyList<Setting> Settings => S3Settings.All;

    public override IEnumerable<string> Faults() => S3OptionsFaults.Of(Options);

    // A transport in one word that is not the owner's own choice of sinks leaves the bucket out.
    public override SinkDefinition? Define(SinkKitContext context) =>
        Options.Bucket is not null && context.Options is { EnableS3: true, Transport: null or TelemetryTransport.Custom }
            ? S3SinkRegistration.Define(Options, context.Options.Preset, () => context.Device.Load().Id)
            : null;

    public override SinkKit Copy() => new S3Kit(Options.Copy());

    public override SinkKit Fresh() => new S3Kit(new S3Options());
}
