using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace TelemetryActors.ClusterNode.Trial;

/// <summary>The arguments of a trial, <c>--name value</c>.</summary>
internal sealed class TrialArguments(string[] args)
{
    private readonly IConfiguration _values = new ConfigurationBuilder().AddCommandLine(args).Build();

    /// <exception cref="FormatException">It is not there.</exception>
    public string Required(string name) => _values[name] ?? throw new FormatException($"--{name} is missing");

    public string? Text(string name) => _values[name];

    /// <summary>Texts with commas between them; none when it is not there.</summary>
    public IReadOnlyList<string> List(string name) =>
        (_values[name] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <exception cref="FormatException">It is no such number.</exception>
    public double Number(string name, double byDefault) =>
        _values[name] is not { } text ? byDefault
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number
        : throw new FormatException($"--{name} must be a number, not '{text}'");
}
