using System.Collections.Concurrent;
using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Log;

namespace TelemetryActors.AkkaNet.Tests;

/// <summary>A second door that takes or refuses as it is told, and whose fsync ends when the test says so.</summary>
internal sealed class ManualIntake : ILineIntake
{
    private readonly ConcurrentQueue<TaskCompletionSource<FlushResult>> _flushes = new();
    private readonly ConcurrentQueue<string> _taken = new();

    public int MaxBytes { get; init; } = 1000;

    public DropReason Answer { get; set; }

    /// <summary>What was appended, piece by piece.</summary>
    public IReadOnlyList<string> Taken => [.. _taken];

    public int FlushesAsked => _flushes.Count;

    public DropReason Append(ReadOnlySpan<byte> lines, int count)
    {
        if (Answer == DropReason.None)
        {
            _taken.Enqueue($"{count}:{System.Text.Encoding.UTF8.GetString(lines)}");
        }

        return Answer;
    }

    public DropReason AppendAbandoned(OpenRun run, string cause, out ReadOnlyMemory<byte> line)
    {
        line = System.Text.Encoding.UTF8.GetBytes($"{run.RunId} {cause}\n");
        return Append(line.Span, 1);
    }

    public Task<FlushResult> FlushAsync()
    {
        var flush = new TaskCompletionSource<FlushResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _flushes.Enqueue(flush);
        return flush.Task;
    }

    /// <summary>The flush asked for so many flushes ago ends.</summary>
    public void EndFlush(int number, FlushResult result) => _flushes.ElementAt(number).SetResult(result);
}
