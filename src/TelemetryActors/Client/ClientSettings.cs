using TelemetryActors.Configuration;
using TelemetryActors.Sampling;

namespace TelemetryActors.Client;

/// <summary>A client's settings while it runs: shows them, and changes those that need no restart (S2.15, S2.16).</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ClientSettings(ResolvedSettings start, ConfigWatch watch, EventWriter writer, Action<TelemetryOptions> setBatching)
{
    private readonly Lock _gate = new();
    private readonly ResolvedSettings _start = start;

    // What says from outside whether telemetry is on: the start's settings, until config.json changes.
    private ResolvedSettings _outside = start;
    private TelemetryOptions _options = start.Options;
    private IReadOnlyList<SettingValue>? _values;
    private SettingTable? _table;

    // Made when it is first asked for: a program that starts does not need it.
    private SettingTable Table => _table ??= SettingTable.Of(_start.Options);

    private IReadOnlyList<SettingValue> Values => _values ??= _start.Values;

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
            if (update.Enabled && IsOffAndWins(_outside, out var origin))
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

    /// <summary>Takes the switch as <c>config.json</c> has it now; its other settings are for clients that start. What <see cref="Update"/> switched off stays off.</summary>
    /// <remarks>Called about once a second, by one thread at a time.</remarks>
    public void Follow()
    {
        if (watch.TryRead() is not { } now)
        {
            return;
        }

        // A switch that nobody can read switches nothing.
        if (now.Faults.Any(fault => fault.Contains(SettingTable.Enabled.Path, StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        lock (_gate)
        {
            var hasChanged = now.Options.Enabled != _outside.Options.Enabled || IsOffAndWins(now, out _) != IsOffAndWins(_outside, out _);
            _outside = now;
            if (!hasChanged || now.Options.Enabled == _options.Enabled || (EnabledIn(Values).Origin == SettingOrigin.RunTime && !(_options.Enabled && IsOffAndWins(now, out _))))
            {
                return;
            }

            var changed = OptionsCopy.Of(_options);
            changed.Enabled = now.Options.Enabled;
            writer.Admission = writer.Admission with { WhyShut = OffSwitch.Why(now) };
            _values = [.. Values.Select(value => value.Path == SettingTable.Enabled.Path ? EnabledIn(now.Values) : value)];
            _options = changed;
        }
    }

    private static bool IsOffAndWins(ResolvedSettings settings, out SettingOrigin origin)
    {
        origin = EnabledIn(settings.Values).Origin;
        return !settings.Options.Enabled && origin is not (SettingOrigin.Default or SettingOrigin.Code);
    }

    private static SettingValue EnabledIn(IReadOnlyList<SettingValue> values) => values.First(value => value.Path == SettingTable.Enabled.Path);

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
