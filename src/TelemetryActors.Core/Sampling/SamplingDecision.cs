namespace TelemetryActors.Sampling;

/// <summary>What became of one event at the sampler.</summary>
/// <param name="Admit">Whether it goes on.</param>
/// <param name="Weight">How many events it stands for, itself included; zero when it does not go on.</param>
public readonly record struct SamplingDecision(bool Admit, int Weight)
{
    /// <summary>Left out.</summary>
    public static SamplingDecision LeftOut => default;

    /// <summary>Admitted, standing for itself alone.</summary>
    public static SamplingDecision Admitted => new(true, 1);
}
