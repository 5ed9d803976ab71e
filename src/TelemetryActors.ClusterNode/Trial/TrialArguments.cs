using System.Globalization;
using Microsoft.Extensions.Configuration;
using TelemetryActors.ClusterNode.Settings;

namespace TelemetryActors.ClusterNode.Trial;

/// <summary>The arguments of a trial, <c>--name value</c> or <c>--name=value</c>.</summary>
internal sealed class TrialArguments
{
    private readonly IConfiguration _values;

    /// <param name="args">As they were given.</param>
    /// <param name="known">The names that there are.</param>
    /// <exception cref="FormatException">One of them is not known, or has no value.</exception>
    public TrialArguments(string[] args, params string[] known)
    {
        foreach (var (word, name, hasValue) in NamedArguments.Of(args))
        {
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw new FormatException($"there is no option {word}; known: --{string.Join(", --", known)}");
            }

            if (!hasValue)
            {
                throw new FormatException($"{word} has no value");
            }
        }

        _values = new ConfigurationBuilder().AddCommandLine(args).Build();
    }

    /// <exception cref="FormatException">It is not there.</exception>
    public string Required(string name) => string.IsNullOrWhiteSpace(_values[name]) ? throw new FormatException($"--{name} is missing") : _values[name]!;

    public string? Text(string name) => _values[name];

    /// <summary>Texts with commas between them; none when it is not there.</summary>
    public IReadOnlyList<string> List(string name) =>
        (_values[name] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>At least one base directory, with commas between them.</summary>
    /// <exception cref="FormatException">There is none, or one of them is not there.</exception>
    public IReadOnlyList<string> BaseDirectories(string name)
    {
        Required(name);
        return List(name) is not { Count: > 0 } given ? throw new FormatException($"--{name} is missing")
            : given.FirstOrDefault(directory => !Directory.Exists(directory)) is { } missing ? throw new FormatException($"--{name}: there is no directory {missing}")
            : given;
    }

    /// <exception cref="FormatException">It is no such number.</exception>
    public double Number(string name, double byDefault) =>
        _values[name] is not { } text ? byDefault
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number
        : throw new FormatException($"--{name} must be a number, not '{text}'");
}
