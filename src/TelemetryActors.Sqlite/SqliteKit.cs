using TelemetryActors.Client;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Sqlite;

/// <summary>The SQLite sink's settings and definition: what <c>AddSqlite()</c> puts into the options.</summary>
/// <param name="options">What is set; the kit's own.</param>
/// <param name="memory">The store that is in memory, the same for all copies of a kit.</param>
internal sealed class SqliteKit(SqliteOptions options, MemoryStore memory) : SinkKit
{
    /// <summary>The sink's name.</summary>
    public const string SinkName = "sqlite";

    private static readonly IReadOnlyList<Setting> Table =
    [
        Setting.Of($"sinks.{SinkName}.enabled", SettingTypes.Switch, all => Of(all).Enabled, (all, value) => Of(all).Enabled = value),
        Setting.Of($"sinks.{SinkName}.path", SettingTypes.TextOf(StorePlace.Rule, StorePlace.CanBe), all => Of(all).Path, (all, value) => Of(all).Path = value!),
        Setting.Of($"sinks.{SinkName}.events", SettingTypes.Optional(SettingTypes.Switch), all => Of(all).Events, (all, value) => Of(all).Events = value),
        Setting.Of($"sinks.{SinkName}.journal", SettingTypes.Choice<SqliteJournal>(), all => Of(all).Journal, (all, value) => Of(all).Journal = value),
        Setting.Of(
            $"sinks.{SinkName}.synchronous", SettingTypes.Optional(SettingTypes.Choice<SqliteSynchronous>()),
            all => Of(all).Synchronous, (all, value) => Of(all).Synchronous = value),
    ];

    /// <summary>What is set.</summary>
    public SqliteOptions Options { get; } = options;

    /// <inheritdoc />
    public override string Name => SinkName;

    /// <inheritdoc />
    public override IReadOnlyList<Setting> Settings => Table;

    /// <inheritdoc />
    public override IEnumerable<string> Faults()
    {
        if (string.IsNullOrWhiteSpace(Options.Path))
        {
            yield return "Sinks:Sqlite:Path must name a file";
        }
        else if (!StorePlace.CanBe(Options.Path))
        {
            yield return $"Sinks:Sqlite:Path must be {StorePlace.Rule}, not '{Options.Path}'";
        }

        if (!Enum.IsDefined(Options.Journal))
        {
            yield return $"Sinks:Sqlite:Journal must be one of its names, not {Options.Journal}";
        }

        if (Options.Synchronous is { } synchronous && !Enum.IsDefined(synchronous))
        {
            yield return $"Sinks:Sqlite:Synchronous must be one of its names, not {synchronous}";
        }
    }

    /// <inheritdoc />
    public override SinkDefinition? Define(SinkKitContext context)
    {
        if (!Options.Enabled)
        {
            return null;
        }

        var listener = context.Options.OnFailure;
        return new SinkDefinition(SinkName, SinkPolicies.LocalDatabase, Make) { State = KeptState.Own };

        SqliteSink Make(SinkContext sink)
        {
            var file = FileIn(sink.BaseDirectory, context.Options.Preset);
            if (file.IsMemory)
            {
                memory.Keep();
            }

            return new SqliteSink(file, sink.Time, said => FailureListener.Tell(listener, new TelemetryFailure(SinkName, said)));
        }
    }

    /// <summary>Where the store of a base directory is.</summary>
    public StoreFile FileIn(string baseDirectory, TelemetryPreset preset) => new()
    {
        Path = Options.Path == SqliteOptions.MemoryPath ? memory.Path : Path.GetFullPath(Options.Path, baseDirectory),
        IsTaken = Options.Path != SqliteOptions.MemoryPath && !StorePlace.CanBeFor(Path.GetFullPath(Options.Path, baseDirectory), baseDirectory),
        Events = Options.Events ?? preset == TelemetryPreset.Collector,
        Journal = Options.Journal,
        Synchronous = Options.Synchronous,
    };

    /// <inheritdoc />
    public override SinkKit Copy() => new SqliteKit(
        new SqliteOptions { Enabled = Options.Enabled, Path = Options.Path, Events = Options.Events, Journal = Options.Journal, Synchronous = Options.Synchronous }, memory);

    /// <inheritdoc />
    public override SinkKit Fresh() => new SqliteKit(new SqliteOptions(), memory);

    private static SqliteOptions Of(TelemetryOptions options) => options.Kit<SqliteKit>().Options;
}
