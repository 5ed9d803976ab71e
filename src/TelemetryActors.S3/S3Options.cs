namespace TelemetryActors.Sinks.S3;

/// <summary>The owner's own bucket as the place of all diagnostics (S1.2): naming it is the consent (D.9).</summary>
/// <remarks>Credentials are no option: they come from where every AWS program finds them - environment, profile, role of the machine.</remarks>
public sealed class S3Options
{
    /// <summary>The longest prefix, so that every key stays within S3's 1,024 bytes.</summary>
    internal const int MaxPrefixLength = 512;

    /// <summary>The smallest part that S3 takes before the last one.</summary>
    internal const int SmallestPart = 5 * 1024 * 1024;

    /// <summary>The bucket; null sends nothing.</summary>
    public string? Bucket { get; set; }

    /// <summary>What every key begins with (S1.6); never empty, because the rule that ends diagnostics goes by it (S1.7).</summary>
    public string Prefix { get; set; } = "diagnostics/";

    /// <summary>The server, for a store that is not AWS; null: AWS in <see cref="Region"/>.</summary>
    public Uri? ServiceUrl { get; set; }

    /// <summary>The region; null: the one of the AWS environment or profile, and <c>us-east-1</c> with a <see cref="ServiceUrl"/>.</summary>
    public string? Region { get; set; }

    /// <summary>Whether the bucket stands in the path and not in the host's name. Null: with a <see cref="ServiceUrl"/>.</summary>
    public bool? ForcePathStyle { get; set; }

    /// <summary>When uploads carry a checksum besides the signature. Null: always on AWS, only where required with a <see cref="ServiceUrl"/>.</summary>
    public S3Checksums? Checksums { get; set; }

    /// <summary>Whether uploads are framed in signed chunks. Null: on AWS; with a <see cref="ServiceUrl"/> the body goes as it is and its hash is signed.</summary>
    public bool? ChunkedEncoding { get; set; }

    /// <summary>Whether the body is signed; without only over https, for servers that know no signed bodies.</summary>
    public bool SignPayload { get; set; } = true;

    /// <summary>The most bytes of events in an object before compression, 64 KiB to 64 MiB; this much memory is set aside while the sink runs.
    /// Null: 1 MiB in the small preset, 8 MiB in a service, 32 MiB in a collector.</summary>
    public long? ObjectBytes { get; set; }

    /// <summary>The longest time an event waits for its object to fill; 15 minutes.</summary>
    /// <remarks>At most 96 objects a day and device: a thousand devices cost about half a dollar of requests a day, and a laptop's radio rests between.</remarks>
    public TimeSpan ObjectAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Whether the end of the program sends what is not due yet. Null: for every preset but the small one, whose programs would leave an object each.</summary>
    public bool? SendAtEnd { get; set; }

    /// <summary>Compressed bytes above which an object goes in parts, and the size of a part: 5 MiB to 64 MiB; 8 MiB.</summary>
    public long PartBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>How hard is compressed, from 1 (fast) to 9 (small); 2.</summary>
    /// <remarks>Where events stop getting much smaller for more work; docs/benchmarks.md has the figures.</remarks>
    public int CompressionLevel { get; set; } = 2;

    /// <summary>The storage class, by S3's own name (<c>STANDARD_IA</c>); null: the bucket's default.</summary>
    public string? StorageClass { get; set; }

    /// <summary>The encryption at rest, by S3's own name (<c>AES256</c>, <c>aws:kms</c>); null: the bucket's default.</summary>
    public string? Encryption { get; set; }

    /// <summary>The key for <c>aws:kms</c>; null: the account's own.</summary>
    public string? KmsKeyId { get; set; }

    internal bool UsesPathStyle => ForcePathStyle ?? ServiceUrl is not null;

    internal S3Checksums UsedChecksums => Checksums ?? (ServiceUrl is null ? S3Checksums.Always : S3Checksums.WhenRequired);

    internal bool UsesChunkedEncoding => ChunkedEncoding ?? ServiceUrl is null;

    internal S3Options Copy() => (S3Options)MemberwiseClone();
}
