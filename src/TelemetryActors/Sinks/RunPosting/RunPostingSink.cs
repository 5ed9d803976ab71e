using System.Net;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Encoding;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.Uploads;

namespace TelemetryActors.Sinks.RunPosting;

/// <summary>Posts each finished run of a batch, one POST a run; all other lines pass without a request (S4.13).</summary>
/// <remarks>
/// One call makes as many POSTs as its time and <see cref="MaxPosts"/> allow and leaves the others to the next; what they came to is remembered until their
/// batch is settled. After a restart they are posted again under the same key.
/// </remarks>
internal sealed class RunPostingSink : ISink
{
    /// <summary>The most POSTs of one call.</summary>
    public const int MaxPosts = 50;

    // Where Apps Script, which runs behind a sheet, sends those who want to read its answer: the script itself has run by then.
    private const string AppsScriptAnswers = "script.googleusercontent.com";

    private readonly Func<bool> _hasConsent;
    private readonly TimeProvider _time;
    private readonly UploadClient _client;

    // What became of the runs of the batch under way, by their places; null is taken.
    private readonly Dictionary<int, string?> _answers = [];
    private (int Slot, BatchOrigin Origin, Cursor Start) _batch;

    /// <param name="options">Address and credential.</param>
    /// <param name="hasConsent">Asked before each batch and before each POST; while it says no, no connection of any kind is made (D.9).</param>
    /// <param name="time">The clock.</param>
    /// <param name="transport">What carries the requests; null: the network.</param>
    public RunPostingSink(RunPostingOptions options, Func<bool> hasConsent, TimeProvider time, HttpMessageHandler? transport)
    {
        _hasConsent = hasConsent;
        _time = time;
        var headers = new Dictionary<string, string>(options.Headers);
        if (options.Token is { } token)
        {
            headers["Authorization"] = $"Bearer {token}";
        }

        _client = new UploadClient(options.Endpoint!, headers, time, transport);
    }

    /// <summary>Writes the body of an event's POST and its key.</summary>
    internal Func<EventLine, (byte[]? Payload, string? Key)> Write { get; init; } = RunPost.Write;

    /// <inheritdoc />
    public async ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        if (!_hasConsent())
        {
            return new SinkOutcome.Misconfigured(ConsentStore.MissingCause);
        }

        Remember(batch);
        var (index, posts, began) = (-1, 0, _time.GetTimestamp());
        foreach (var bytes in batch.Events())
        {
            index++;
            if (_answers.ContainsKey(index) || RunPost.Of(bytes, Write) is not { } post)
            {
                continue;
            }

            if (post.Payload is not { } payload)
            {
                _answers[index] = post.Fault;
                continue;
            }

            if (posts > 0 && (posts == MaxPosts || _time.GetElapsedTime(began) > TimeOf(batch)))
            {
                return new SinkOutcome.Unfinished(index);
            }

            if (!_hasConsent())
            {
                // A batch may take its time, and consent is taken back at once.
                return new SinkOutcome.Misconfigured(ConsentStore.MissingCause);
            }

            posts++;
            var answer = await _client.PostAsync(payload, cancellation, post.Key, Special);
            if (answer is not SinkOutcome.Rejected && answer != SinkOutcome.Delivered)
            {
                return answer;
            }

            _answers[index] = (answer as SinkOutcome.Rejected)?.Reason;
        }

        return Settle(index + 1);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Whether an event is one that is posted.</summary>
    public static bool IsPosted(ReadOnlyMemory<byte> line) => RunPost.Of(line, RunPost.Write) is not null;

    // The last POST begins while as much time is left as all before it took.
    private static TimeSpan TimeOf(SinkBatch batch) => SinkPolicies.RunPosting.TimeoutOf(batch.IsProbe) / 2;

    private SinkOutcome Settle(int count)
    {
        RejectedItem[] refused = [.. _answers.Where(answer => answer.Value is not null && answer.Key < count).Select(answer => new RejectedItem(answer.Key, answer.Value!))];
        var taken = _answers.Count(answer => answer.Value is null && answer.Key < count);
        _answers.Clear();
        return refused.Length == 0 && taken > 0 ? SinkOutcome.Delivered : new SinkOutcome.PartlyDelivered(refused) { IsProof = taken > 0 };
    }

    private void Remember(SinkBatch batch)
    {
        if (_batch != (batch.Slot, batch.Origin, batch.Start))
        {
            _batch = (batch.Slot, batch.Origin, batch.Start);
            _answers.Clear();
        }
    }

    // A run that is there already has arrived. A page was written for people: whoever asks them to sign in has taken nothing.
    private async ValueTask<SinkOutcome?> Special(HttpResponseMessage response, CancellationToken cancellation)
    {
        var ranAsScript = response.StatusCode is HttpStatusCode.Found or HttpStatusCode.SeeOther && response.Headers.Location is { IsAbsoluteUri: true, Host: AppsScriptAnswers };
        return ranAsScript || response.StatusCode == HttpStatusCode.Conflict ? SinkOutcome.Delivered
            : response.IsSuccessStatusCode && await AnswerPage.OfAsync(response, _time, cancellation) is { } cause ? new SinkOutcome.Misconfigured($"HTTP {(int)response.StatusCode}: {cause}")
            : null;
    }
}
