namespace TelemetryActors.TestKit.Servers;

/// <summary>What a <see cref="StrictS3Server"/> verified and stored.</summary>
/// <param name="Body">The content, without any framing.</param>
/// <param name="Metadata">What came as <c>x-amz-meta-</c>.</param>
/// <param name="BodySignature">How the body was signed: a hash in hex, or the name of a mode.</param>
/// <param name="Trailers">The names of checksums that came behind the body and were right.</param>
/// <param name="ContentType">The type.</param>
public sealed record StoredUpload(byte[] Body, IReadOnlyDictionary<string, string> Metadata, string BodySignature, IReadOnlyList<string> Trailers, string? ContentType);
