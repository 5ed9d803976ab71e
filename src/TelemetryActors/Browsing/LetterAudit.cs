using System.Text.Json;
using TelemetryActors.Engine;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>Compares the letters in a sink's dead letters' file with those that were counted, while a process may write both.</summary>
/// <remarks>Letters that no kept state knows yet, and those that were taken out and still stand there, are no fault.</remarks>
internal sealed class LetterAudit(IFileSystem files, string baseDirectory, string sink)
{
    // Of a sink that keeps another state with each look nothing can be said.
    private const int Looks = 5;

    private readonly UnsettledLetters _letters = new(files, baseDirectory, sink, keepsOwn: false);

    /// <summary>What is wrong; null when the counts agree, or nobody can tell.</summary>
    /// <param name="overview">The sink as it was read; one that does not know its counts is passed.</param>
    public string? Fault(SinkOverview overview)
    {
        if (overview is not { Kept: { } first, Accounts.Count: > 0 })
        {
            return null;
        }

        try
        {
            var state = first;
            for (var look = 0; look < Looks; look++)
            {
                // What the sink keeps with its data is read once: what was counted since comes on top.
                var fault = Compare(_letters.Find(state), overview.DeadLettered + state.DeadLettered - first.DeadLettered);
                var now = SinkStateFormat.Read(WholeFile.Read(files, SinkPaths.State(baseDirectory, sink)));
                if (fault is null || SinkStateFormat.Write(now).Span.SequenceEqual(SinkStateFormat.Write(state).Span))
                {
                    return fault;
                }

                state = now;
            }

            return null;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            return $"the dead letters of {sink} cannot be compared with its counts: {exception.Message}";
        }
    }

    private string? Compare(LettersFound found, long counted) =>
        found.Settled <= counted && found.Settled + found.Damaged + found.Unsettled.Count >= counted
            ? null
            : $"{SinkPaths.DeadLetters(baseDirectory, sink)} holds {found.Settled} dead letters, {counted} were counted";
}
