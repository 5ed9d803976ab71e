using Microsoft.Extensions.Options;
using TelemetryActors.Configuration;

namespace TelemetryActors.Hosting;

/// <summary>Lists every fault of a host's telemetry at once, each with its path, before the host starts.</summary>
/// <remarks>
/// What is wrong in code stops the host. What is wrong outside is told and left out (S4.17), unless <see cref="TelemetryOptions.RejectBadSettings"/> is set.
/// </remarks>
internal sealed class TelemetryOptionsValidation : IValidateOptions<TelemetryOptions>
{
    public ValidateOptionsResult Validate(string? name, TelemetryOptions options)
    {
        List<string> faults = [.. TelemetryOptionsFaults.Of(options).Select(fault => $"{HostSettings.Section}:{fault}")];
        if (faults.Count == 0 && options.RejectBadSettings)
        {
            faults.AddRange(StartSettings.Find(options).Resolved.Faults);
        }

        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }
}
