using System.Runtime.Serialization;

namespace TelemetryActors.AkkaNet.Wire;

/// <summary>A message has a name or a version that this node does not read.</summary>
internal sealed class UnknownManifestException(string message) : SerializationException(message);
