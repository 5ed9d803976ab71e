namespace TelemetryActors.Pipeline;

/// <summary>Positions of a stream at which nothing stands: it jumped over them, or what stood there is gone.</summary>
/// <param name="From">The first of them.</param>
/// <param name="To">The next position behind them.</param>
public readonly record struct PositionGap(long From, long To);
