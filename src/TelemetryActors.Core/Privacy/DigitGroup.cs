namespace TelemetryActors.Privacy;

/// <summary>Digits that stand together, as part of a number.</summary>
/// <param name="Start">The first digit.</param>
/// <param name="Length">How many there are.</param>
/// <param name="Before">What stands before them.</param>
/// <param name="Gap">How many characters that is.</param>
internal readonly record struct DigitGroup(int Start, int Length, NumberSeparators Before, int Gap)
{
    /// <summary>Behind the last digit.</summary>
    public int End => Start + Length;
}
