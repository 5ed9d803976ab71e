using System.Globalization;

namespace TelemetryActors.Runs;

/// <summary>A metric of a run: a number or a text.</summary>
/// <remarks>Numbers are doubles: whole ones are exact up to 2^53.</remarks>
public readonly record struct MetricValue
{
    private MetricValue(double number, string? text)
    {
        Number = number;
        Text = text;
    }

    /// <summary>The number; 0 for a text.</summary>
    public double Number { get; }

    /// <summary>The text; null for a number.</summary>
    public string? Text { get; }

    /// <summary>A number.</summary>
    public static implicit operator MetricValue(double number) => FromDouble(number);

    /// <summary>A text.</summary>
    public static implicit operator MetricValue(string text) => FromString(text);

    /// <summary>A number.</summary>
    public static MetricValue FromDouble(double number) => new(number, null);

    /// <summary>A text.</summary>
    public static MetricValue FromString(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new MetricValue(0, text);
    }

    /// <summary>The value as an object for encoding: a <see cref="double"/> or a <see cref="string"/>.</summary>
    public object ToObject() => Text ?? (object)Number;

    /// <summary>The text, or the number's digits.</summary>
    public override string ToString() => Text ?? Number.ToString(CultureInfo.InvariantCulture);
}
