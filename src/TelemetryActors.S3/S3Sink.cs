using Amazon.S3;
using TelemetryActors.Delivery;

namespace TelemetryActors.Sinks.S3;

/// <summary>Makes one gzip object of each batch in the owner's bucket: the events as they stand in the log, nothing taken out (S1.5, S1.6, S1.8).</summary>
/// <remarks>The same batch has the same key and content, so repeating it changes nothing. Retries and time limits are the delivery's.</remarks>
/// <param name="options">Where to; not changed any more.</param>
/// <param name="connect">Makes the SDK's client, when it is first needed.</param>
/// <param name="deviceId">Who this installation is.</param>
/// <param name="time">The clock.</param>
internal sealed class S3Sink(S3Options options, Func<IAmazonS3> connect, string deviceId, TimeProvider time) : ISink, IFindsBounds
{
    public const string ContentType = "application/gzip";

    private IAmazonS3? _client;
    private BoundsSearch? _search;

    /// <inheritdoc />
    public async ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        try
        {
            var times = EventTimes.Of(batch);
            var key = ObjectKey.Of(deviceId, batch, times).Text(options.Prefix);
            await new ObjectUpload(Client(), options, key, times).SendAsync(batch, cancellation);
            return SinkOutcome.Delivered;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            // Also what was thrown too late: its words may hold parts of credentials.
            if (!S3Outcome.IsFailure(exception))
            {
                ForgetClient();
            }

            return S3Outcome.Of(exception, options.Bucket!, time.GetUtcNow());
        }
    }

    /// <inheritdoc />
    public void BeginBounds() => _search = null;

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<EventRange>> FindBoundsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        var search = _search?.IsFor(from, to) == true ? _search : _search = new BoundsSearch(from, to, deviceId, time);
        try
        {
            await search.GoOnAsync(new BucketObjects(Client(), options), cancellation);
        }
        catch (Exception exception)
        {
            // Without the cause itself: its words may hold parts of credentials.
            var reason = S3Outcome.ReasonOf(exception, options.Bucket!, time.GetUtcNow());
            if (!S3Outcome.IsForbidden(exception))
            {
                throw new IOException(reason);
            }

            // The replay is given up: another one of the same time begins its own search.
            _search = null;
            throw new UnauthorizedAccessException($"{reason}; to find what is there already takes s3:ListBucket and s3:GetObject");
        }

        if (!search.IsOver)
        {
            throw new TimeoutException(search.ToString());
        }

        _search = null;
        return search.Found;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        ForgetClient();
        return ValueTask.CompletedTask;
    }

    private void ForgetClient()
    {
        _client?.Dispose();
        _client = null;
    }

    private IAmazonS3 Client() => _client ??= connect();
}
