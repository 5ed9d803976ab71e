using System.Text.Json.Serialization;

namespace TelemetryActors.Tests.Privacy.Corpus;

/// <summary>A labelled field name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Redact">Whether its value must go.</param>
/// <param name="Either">Whether the rule leaves room, so that it judges nobody.</param>
internal sealed record CorpusName(
    [property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("redact")] bool Redact, [property: JsonPropertyName("either")] bool Either);
