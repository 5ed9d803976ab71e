namespace ActorService;

/// <summary>The order is taken.</summary>
/// <param name="RunId">The run that tells what became of it.</param>
internal sealed record OrderTaken(string RunId);
