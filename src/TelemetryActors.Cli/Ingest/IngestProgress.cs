using System.Globalization;
using TelemetryActors.Cli.Output;

namespace TelemetryActors.Cli.Ingest;

/// <summary>Shows on a terminal how far it is, how fast, and how long it will take.</summary>
internal sealed class IngestProgress(TimeProvider time, IngestCounts counts) : IDisposable
{
    private const string EraseLine = "\r\e[2K";
    private const int LookEveryLines = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly long _started = time.GetTimestamp();
    private long _shownAt;
    private bool _isShown;

    public void Look(IngestInput input)
    {
        if (!Terminal.ShowsProgress || counts.Lines % LookEveryLines != 0 || (_isShown && time.GetElapsedTime(_shownAt) < Interval))
        {
            return;
        }

        _isShown = true;
        _shownAt = time.GetTimestamp();
        StandardError.Write(EraseLine + TextOf(input.Name, counts.Lines, input.Consumed, input.Length, time.GetElapsedTime(_started)));
    }

    public void Dispose()
    {
        if (_isShown)
        {
            StandardError.Write(EraseLine);
        }
    }

    /// <summary>The progress in words.</summary>
    public static string TextOf(string name, long lines, long consumed, long? length, TimeSpan elapsed)
    {
        var rate = lines / Math.Max(elapsed.TotalSeconds, 0.001);
        var text = string.Create(CultureInfo.InvariantCulture, $"{PlainText.Of(name)}  {lines:N0} lines  {rate:N0}/s");
        if (length is not > 0 || consumed == 0)
        {
            return text;
        }

        var left = elapsed * ((double)(length.Value - consumed) / consumed);
        return text + string.Create(CultureInfo.InvariantCulture, $"  {100.0 * consumed / length.Value:0} %  {Texts.Of(left)} left");
    }
}
