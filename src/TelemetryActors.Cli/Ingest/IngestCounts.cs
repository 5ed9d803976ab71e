namespace TelemetryActors.Cli.Ingest;

/// <summary>What became of the lines so far.</summary>
internal sealed class IngestCounts
{
    public long Accepted { get; set; }

    public long Duplicates { get; set; }

    public long Refused { get; set; }

    /// <summary>Those of the refused that an earlier ingestion has put into quarantine already.</summary>
    public long RefusedBefore { get; set; }

    /// <summary>Anchors of our own log, which are no events.</summary>
    public long Anchors { get; set; }

    public long Lines => Accepted + Duplicates + Refused + Anchors;
}
