namespace TelemetryActors.Sinks.S3;

/// <summary>When uploads carry a checksum besides the signature.</summary>
public enum S3Checksums
{
    /// <summary>Only where S3 itself requires one; what most S3-compatible servers need.</summary>
    WhenRequired = 0,

    /// <summary>With every upload and download, AWS's own default: a CRC behind the body of a chunked upload, which many other servers refuse.</summary>
    Always,
}
