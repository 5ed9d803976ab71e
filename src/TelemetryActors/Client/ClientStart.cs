using System.Numerics;
using System.Security.Cryptography;
using TelemetryActors.Encoding;
using TelemetryActors.Privacy;
using TelemetryActors.Ring;
using TelemetryActors.Sampling;
using TelemetryActors.Slots;

namespace TelemetryActors.Client;

/// <summary>Puts a client together.</summary>
internal static class ClientStart
{
    private const int KiB = 1024;
    private const int MaxLineBytes = 64 * KiB;

    public static TelemetryClient Start(TelemetryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (TelemetryOptionsFaults.Of(options).ToList() is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join("\n", faults), nameof(options));
        }

        var ringBytes = RingBytes(options);
        var settings = Settings(options, BaseFolder.Find(options.BaseDirectory), ringBytes);
        var slot = OpenSlot(options, settings);
        var redactor = options.Redaction.Enabled ? new Redactor(options.Redaction) : null;
        var encoder = new EventEncoder(redactor, (int)Math.Min(MaxLineBytes, ringBytes / 8));
        var writer = new EventWriter(encoder, slot.Ring, options.Time, failure => FailureListener.Tell(options.OnFailure, failure))
        {
            Admission = new Admission(options.Enabled, options.Sampling.Mode == SamplingMode.Always ? null : new Sampler(options.Sampling)),
        };
        var runs = new RunRegistry();
        var pipeline = LocalPipeline.Start(options, settings, slot, writer, runs);
        return new TelemetryClient(options, writer, runs, pipeline, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
    }

    public static long RingBytes(TelemetryOptions options) => (long)BitOperations.RoundUpToPowerOf2((ulong)(options.RingBytes ?? options.Preset switch
    {
        TelemetryPreset.Small => 1024 * KiB,
        TelemetryPreset.Collector => 64 * 1024 * KiB,
        _ => 8 * 1024 * KiB,
    }));

    private static SlotSettings Settings(TelemetryOptions options, BaseFolder folder, long ringBytes) =>
        new(folder, options.Files, options.Time, options.Log, RingPlacement.Find(folder.State), ringBytes, options.MaxWait);

    // A base directory that cannot be used must not keep the host from starting: a temporary one takes its place, aloud.
    private static WriterSlot OpenSlot(TelemetryOptions options, SlotSettings settings)
    {
        try
        {
            return WriterSlot.Open(settings);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            FailureListener.Tell(
                options.OnFailure,
                new TelemetryFailure("start", $"The base directory {settings.Base.Path} cannot be used: {exception.Message}", exception));
            return WriterSlot.OpenWithoutDisk(settings);
        }
    }
}
