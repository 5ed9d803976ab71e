namespace ActorService;

/// <summary>Somebody orders; answered with <see cref="OrderTaken"/>.</summary>
/// <param name="Items">How many things.</param>
internal sealed record Order(int Items);
