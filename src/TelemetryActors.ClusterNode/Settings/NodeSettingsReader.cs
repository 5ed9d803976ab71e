using System.Globalization;
using Microsoft.Extensions.Configuration;
using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.Configuration;

namespace TelemetryActors.ClusterNode.Settings;

/// <summary>Reads <see cref="NodeSettings"/> and lists everything that is wrong with them at once.</summary>
internal sealed class NodeSettingsReader(IConfiguration configuration)
{
    public const string Section = "Cluster";

    private static readonly string[] Known =
        ["SystemName", "HostName", "BindHost", "Port", "Seeds", "Journal", "Journal:Provider", "Journal:ConnectionString", "EngineSettings", "ReportInterval"];

    private readonly List<string> _faults = [];
    private readonly IConfigurationSection _section = configuration.GetSection(Section);

    /// <summary>What is wrong, each with its path and never with a value that may hold a secret.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public NodeSettings Read()
    {
        var settings = new NodeSettings();
        settings = settings with
        {
            SystemName = _section["SystemName"] ?? settings.SystemName,
            HostName = _section["HostName"] ?? settings.HostName,
            BindHost = _section["BindHost"] ?? settings.BindHost,
            Port = Port(settings.Port),
            Provider = Provider(),
            ConnectionString = Text("Journal:ConnectionString"),
            EngineSettings = Text("EngineSettings"),
            ReportInterval = Interval(settings.ReportInterval),
        };
        settings = settings with { Seeds = [.. SeedTexts().Select(seed => SeedAddress.TryParse(seed, settings.SystemName)).OfType<Akka.Actor.Address>()] };
        if (settings is { IsAlone: true, ConnectionString: null } && Text("Journal:Provider") is null)
        {
            settings = settings with { Provider = JournalProvider.Sqlite };
        }

        _faults.AddRange(UnknownKeys().Select(key => $"{Section}:{key} is no setting of a node"));
        _faults.AddRange(SeedTexts().Where(seed => SeedAddress.TryParse(seed, settings.SystemName) is null)
            .Select(seed => $"{Section}:Seeds holds '{seed}', which is not host or host:port"));
        _faults.AddRange(NodeSettingsFaults.Of(settings));
        return _faults.Count == 0 && settings is { Provider: JournalProvider.PostgreSql, ConnectionString: { } database }
            ? settings with { ConnectionString = PooledConnection.Of(database) }
            : settings;
    }

    private string? Text(string key) => string.IsNullOrWhiteSpace(_section[key]) ? null : _section[key];

    // A list, or one text with commas, as environment variables have it.
    private IEnumerable<string> SeedTexts() => _section.GetSection("Seeds").GetChildren().Select(child => child.Value ?? "")
        .Concat((_section["Seeds"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        .Select(seed => seed.Trim());

    private int Port(int byDefault)
    {
        if (Text("Port") is not { } text)
        {
            return byDefault;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue)
        {
            return port;
        }

        _faults.Add($"{Section}:Port must be from 1 to {ushort.MaxValue}, not '{text}'");
        return byDefault;
    }

    private JournalProvider Provider()
    {
        var text = Text("Journal:Provider");
        if (text is null || (Enum.TryParse<JournalProvider>(text, ignoreCase: true, out var provider) && !char.IsAsciiDigit(text.Trim()[0])))
        {
            return text is null ? JournalProvider.PostgreSql : Enum.Parse<JournalProvider>(text, ignoreCase: true);
        }

        _faults.Add($"{Section}:Journal:Provider must be PostgreSql or Sqlite, not '{text}'");
        return JournalProvider.PostgreSql;
    }

    private TimeSpan Interval(TimeSpan byDefault)
    {
        if (Text("ReportInterval") is not { } text)
        {
            return byDefault;
        }

        if (DurationText.TryParse(text, out var interval) && interval >= TimeSpan.FromSeconds(1))
        {
            return interval;
        }

        _faults.Add($"{Section}:ReportInterval must be a time of at least 1s, such as 30s or 5m, not '{text}'");
        return byDefault;
    }

    private IEnumerable<string> UnknownKeys() => _section.AsEnumerable(makePathsRelative: true)
        .Select(entry => entry.Key)
        .Where(key => key.Length > 0 && !key.StartsWith("Seeds:", StringComparison.OrdinalIgnoreCase) && !Known.Contains(key, StringComparer.OrdinalIgnoreCase));
}
