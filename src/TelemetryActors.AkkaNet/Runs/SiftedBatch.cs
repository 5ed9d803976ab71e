namespace TelemetryActors.AkkaNet.Runs;

/// <summary>What of a batch is new.</summary>
/// <param name="Lines">The new lines, in their order.</param>
/// <param name="Accepted">How many they are.</param>
/// <param name="Duplicates">Lines that had come before.</param>
/// <param name="Telling">Those of the new lines that may say something of the run's life, and the last of all.</param>
internal sealed record SiftedBatch(ReadOnlyMemory<byte> Lines, int Accepted, int Duplicates, IReadOnlyList<ReadOnlyMemory<byte>> Telling)
{
    /// <summary>Why the batch cannot be taken at all; null when it can.</summary>
    public string? Fault { get; init; }

    public static SiftedBatch Faulty(string fault) => new(default, 0, 0, []) { Fault = fault };
}
