namespace TelemetryActors.Configuration;

/// <summary>What a <see cref="SinkKit"/> makes its sink from.</summary>
/// <param name="Options">The client's options with every setting in them.</param>
/// <param name="Device">Who this installation is; the file is made when it is first asked for, on the sink's own thread.</param>
internal sealed record SinkKitContext(TelemetryOptions Options, DeviceIdentityFile Device);
