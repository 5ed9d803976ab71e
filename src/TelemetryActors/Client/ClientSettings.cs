using TelemetryActors.Configuration;
using TelemetryActors.Sampling;

namespace TelemetryActors.Client;

/// <summary>A client's settings while it runs: shows them, and changes those that need no restart (S2.15, S2.16).</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ClientSettings(ResolvedSettings start, EventWriter writer, Action<TelemetryOptions> setBatching)
{
    private readonly Lock _gate = new();
    private TelemetryOptions _options = start.Options;
    private IReadOnlyList<SettingValue>? _values;
    private SettingTable? _table;

    // Made when it is first asked for: a program that starts does not need it.
    private SettingTable Table => _table ??= SettingTable.Of(start.Options);

    private IReadOnlyList<SettingValue> Values => _values ??= start.Values;

    public TelemetryConfig Config
    {
        get
        {
            lock (_gate)
            {
                return new TelemetryConfig(Table, Values);
            }
        }
    }

    /// <summary>What decides at the door with these options.</summary>
    /// <param name="options">The options.</param>
    /// <param name="whyShut">Why telemetry is off; null while it is on.</param>
    public static Admission AdmissionOf(TelemetryOptions options, string? whyShut) =>
        new(whyShut, options.Sampling.Mode == SamplingMode.Always ? null : new Sampler(options.Sampling));

    /// <summary>Changes all or nothing.</summary>
    /// <returns>What is wrong with the change; empty when it is in effect.</returns>
    public IReadOnlyList<string> Update(Action<ConfigUpdate> change)
    {
        lock (_gate)
        {
            var update = new ConfigUpdate(_options);
            change(update);
            var changed = OptionsCopy.Of(_options);
            update.ApplyTo(changed);
            List<string> faults = [.. TelemetryOptionsFaults.Of(changed)];
            if (update.Enabled && IsSwitchedOffOutside(out var origin))
            {
                faults.Add($"Enabled is false by {origin}, and that wins");
            }

            if (faults.Count == 0)
            {
                Take(changed);
            }

            return faults;
        }
    }

    private bool IsSwitchedOffOutside(out SettingOrigin origin)
    {
        origin = Values.First(value => value.Path == SettingTable.Enabled.Path).Origin;
        return !_options.Enabled && origin is not (SettingOrigin.Default or SettingOrigin.Code or SettingOrigin.RunTime);
    }

    private void Take(TelemetryOptions changed)
    {
        var sampling = Table.All.Where(setting => IsSampling(setting) && setting.Read(changed) != setting.Read(_options)).ToList();

        // The windows of a throttle that nobody changed go on.
        var whyShut = changed.Enabled ? null : writer.Admission.WhyShut ?? OffSwitch.Text(SettingOrigin.RunTime);
        writer.Admission = sampling.Count > 0 ? AdmissionOf(changed, whyShut) : writer.Admission with { WhyShut = whyShut };
        setBatching(changed);
        _values = [.. Table.All.Zip(Values, (setting, value) => setting.Read(changed) is var text && text != setting.Read(_options)
            ? new SettingValue(setting.Path, text, SettingOrigin.RunTime)
            : value)];
        _options = changed;
    }

    private static bool IsSampling(Setting setting) => setting.Path is "sampling" or "samplingRate" or "throttleWindowMs" or "maxEventsPerWindow";
}
