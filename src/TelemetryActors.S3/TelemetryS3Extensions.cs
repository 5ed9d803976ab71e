using TelemetryActors.Sinks.S3;

namespace TelemetryActors;

/// <summary>Adds the owner's own bucket to a client's options.</summary>
public static class TelemetryS3Extensions
{
    /// <summary>Sends all diagnostics to the owner's bucket (S1.2, S1.21). Without a bucket from the code, settings from outside can name one.</summary>
    /// <param name="options">The client's options.</param>
    /// <param name="configure">Sets what differs from the defaults.</param>
    public static TelemetryOptions AddS3(this TelemetryOptions options, Action<S3Options>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var kit = options.Kits.OfType<S3Kit>().FirstOrDefault();
        if (kit is null)
        {
            options.Kits.Add(kit = new S3Kit(new S3Options()));
        }

        configure?.Invoke(kit.Options);
        return options;
    }
}
