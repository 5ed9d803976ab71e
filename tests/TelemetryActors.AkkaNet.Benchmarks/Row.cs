using System.Globalization;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>Measures one row in this process.</summary>
internal static class Row
{
    /// <summary>Says that files get memory which the machine has touched.</summary>
    public const string Touched = "touched";

    /// <returns>The row's columns as text.</returns>
    public static async Task<string> MeasureAsync(string row, string[] args)
    {
        var (directory, events, startedAt) = (args[0], int.Parse(args[1], CultureInfo.InvariantCulture), long.Parse(args[2], CultureInfo.InvariantCulture));
        var isTouched = args is [_, _, _, Touched, ..];
        var values = row switch
        {
            "writing-disk" => await DiskRow.MeasureAsync(directory, events, isTouched),
            "writing-threads" => await WritingRow.OnThreadsAsync(directory, events, isTouched),
            "writing-actors" => await WritingRow.OnActorsAsync(directory, events, isTouched, overWire: false),
            "writing-actors-wire" => await WritingRow.OnActorsAsync(directory, events, isTouched, overWire: true),
            "writing-tell" => await PeerRow.TellAsync(events),
            "writing-channel-grouped" => await PeerRow.ChannelAsync(events),
            "sharded-two-nodes" => await ShardedRow.MeasureAsync(directory, events, isTouched, isBare: false),
            "sharded-bare-shards" => await ShardedRow.MeasureAsync(directory, events, isTouched, isBare: true),
            "sharded-second" => await ShardedRow.SecondAsync(directory, events, isBare: false),
            "sharded-second-bare" => await ShardedRow.SecondAsync(directory, events, isBare: true),
            "start-up-bare" => await StartUpRow.BareAsync(startedAt),
            "start-up-telemetry" => await StartUpRow.TelemetryAsync(directory, startedAt),
            "host-quiet" => await HostRow.MeasureAsync(null, HostRow.Sinks.None),
            "host-telemetry" => await HostRow.MeasureAsync(directory, HostRow.Sinks.Healthy),
            "host-faulty" => await HostRow.MeasureAsync(directory, HostRow.Sinks.Faulty),
            _ => throw new ArgumentException($"There is no row {row}.", nameof(row)),
        };
        return string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
    }
}
