using System.Net;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Encoding;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.Uploads;

namespace TelemetryActors.Sinks.RunPosting;

/// <summary>Posts each finished run of a batch, one POST a run; all other lines pass without a request (S4.13).</summary>
/// <remarks>A batch that is tried again goes on behind the runs that were taken; after a restart they are posted again under the same key.</remarks>
internal sealed class RunPostingSink : ISink
{
    // Where Apps Script, which runs behind a sheet, sends those who want to read its answer: the script itself has run by then.
    private const string AppsScriptAnswers = "script.googleusercontent.com";

    private readonly Func<bool> _hasConsent;
    private readonly int _maxRefusals;
    private readonly UploadClient _client;
    private readonly HashSet<int> _taken = [];
    private (int Slot, Cursor Start) _batch;
    private int _refusedInARow;

    /// <param name="options">Address and credential.</param>
    /// <param name="hasConsent">Asked before each batch; while it says no, no connection of any kind is made (D.9).</param>
    /// <param name="time">The clock.</param>
    /// <param name="transport">What carries the requests; null: the network.</param>
    public RunPostingSink(RunPostingOptions options, Func<bool> hasConsent, TimeProvider time, HttpMessageHandler? transport)
    {
        _hasConsent = hasConsent;
        _maxRefusals = SinkPolicies.RunPosting.MaxRejectionsInARow;
        var headers = new Dictionary<string, string>(options.Headers);
        if (options.Token is { } token)
        {
            headers["Authorization"] = $"Bearer {token}";
        }

        _client = new UploadClient(options.Endpoint!, headers, time, transport);
    }

    /// <inheritdoc />
    public async ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        if (!_hasConsent())
        {
            return new SinkOutcome.Misconfigured(ConsentStore.MissingCause);
        }

        Remember(batch);
        var refused = new List<RejectedItem>();
        var index = -1;
        foreach (var bytes in batch.Events())
        {
            index++;
            if (_taken.Contains(index) || PayloadOf(bytes, out var key) is not { } payload)
            {
                continue;
            }

            switch (await _client.PostAsync(payload, cancellation, key, Special))
            {
                case SinkOutcome.Rejected rejected when ++_refusedInARow >= _maxRefusals:
                    return new SinkOutcome.Misconfigured($"{_refusedInARow} runs refused in a row, the last one: {rejected.Reason}");
                case SinkOutcome.Rejected rejected:
                    refused.Add(new RejectedItem(index, rejected.Reason));
                    break;
                case var outcome when outcome != SinkOutcome.Delivered:
                    return outcome;
                default:
                    _taken.Add(index);
                    _refusedInARow = 0;
                    break;
            }
        }

        return refused.Count == 0 ? SinkOutcome.Delivered : new SinkOutcome.PartlyDelivered(refused);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Remember(SinkBatch batch)
    {
        if (_batch != (batch.Slot, batch.Start))
        {
            _batch = (batch.Slot, batch.Start);
            _taken.Clear();
        }
    }

    // Most lines are no ends: those are not even read.
    private static byte[]? PayloadOf(ReadOnlyMemory<byte> bytes, out string? key)
    {
        key = null;
        return bytes.Span.IndexOf("run_end"u8) >= 0 && EventLine.TryParse(bytes, out var line, out _) ? RunPayload.TryWrite(line, out key) : null;
    }

    // A run that is there already has arrived.
    private static SinkOutcome? Special(HttpResponseMessage response)
    {
        var ranAsScript = response.StatusCode is HttpStatusCode.Found or HttpStatusCode.SeeOther && response.Headers.Location is { IsAbsoluteUri: true, Host: AppsScriptAnswers };
        return ranAsScript || response.StatusCode == HttpStatusCode.Conflict ? SinkOutcome.Delivered : null;
    }
}
