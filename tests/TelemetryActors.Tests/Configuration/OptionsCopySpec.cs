using System.Collections;
using System.Reflection;
using TelemetryActors.Configuration;
using TelemetryActors.Sinks.Console;
using Xunit;

namespace TelemetryActors.Tests.Configuration;

[Trait("Feature", "S4.7b")]
public sealed class OptionsCopySpec
{
    [Fact]
    public void Copies_every_property_at_every_depth()
    {
        var options = (TelemetryOptions)Changed(new TelemetryOptions());
        options.Sinks.Add(ConsoleSinkRegistration.Define(new ConsoleSinkOptions()));

        var copy = OptionsCopy.Of(options);

        AssertSame(options, copy, "options");
    }

    [Fact]
    public void Is_of_its_own()
    {
        var options = new TelemetryOptions();

        var copy = OptionsCopy.Of(options);
        copy.Log.File = "x";
        copy.Redaction.Fields.Add("x");
        copy.Sampling.Rate = 0;
        copy.Http.Headers["x"] = "x";
        copy.Sinks.Add(ConsoleSinkRegistration.Define(new ConsoleSinkOptions()));

        AssertSame(new TelemetryOptions(), options, "options");
    }

    // Every property that can be set gets a value that is not its default.
    private static object Changed(object options)
    {
        foreach (var property in Properties(options.GetType()))
        {
            var value = property.GetValue(options);
            if (value is IList<string> names)
            {
                names.Add("changed");
            }
            else if (value is IDictionary<string, string> texts)
            {
                texts["changed"] = "changed";
            }
            else if (IsOptions(property.PropertyType))
            {
                Changed(value!);
            }
            else if (property.CanWrite && Another(property.PropertyType, value) is { } other)
            {
                property.SetValue(options, other);
            }
        }

        return options;
    }

    private static object? Another(Type type, object? value)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return value switch
        {
            bool truth => !truth,
            int or long or double => Convert.ChangeType(Convert.ToDouble(value, null) + 1, type, null),
            TimeSpan span => span + TimeSpan.FromSeconds(1),
            Enum => Enum.ToObject(type, 1),
            null when type == typeof(string) => "changed",
            null when type == typeof(long) => 1L,
            null when type == typeof(bool) => true,
            null when type == typeof(TimeSpan) => TimeSpan.FromDays(1),
            null when type == typeof(Uri) => new Uri("https://example.com"),
            null when type.IsEnum => Enum.ToObject(type, 1),
            null when type == typeof(Action<TelemetryFailure>) => new Action<TelemetryFailure>(_ => { }),
            null when type == typeof(Action<string, ReadOnlyMemory<byte>>) => new Action<string, ReadOnlyMemory<byte>>((_, _) => { }),
            null when type == typeof(Action<TelemetryOptions, IServiceProvider>) => new Action<TelemetryOptions, IServiceProvider>((_, _) => { }),
            null when type == typeof(IReadOnlyDictionary<string, string>) => new Dictionary<string, string>(),
            null when type == typeof(IReadOnlyCollection<string>) => new[] { "changed" },
            null => throw new InvalidOperationException($"No other value for {type}."),
            _ => null,
        };
    }

    private static void AssertSame(object expected, object actual, string path)
    {
        foreach (var property in Properties(expected.GetType()))
        {
            var (one, other) = (property.GetValue(expected), property.GetValue(actual));
            if (IsOptions(property.PropertyType))
            {
                AssertSame(one!, other!, $"{path}.{property.Name}");
            }
            else if (one is IEnumerable items and not string)
            {
                Assert.Equal(items.Cast<object>(), ((IEnumerable)other!).Cast<object>());
            }
            else
            {
                Assert.True(Equals(one, other), $"{path}.{property.Name} is {other} and not {one}");
            }
        }
    }

    private static bool IsOptions(Type type) => type.Name.EndsWith("Options", StringComparison.Ordinal);

    private static PropertyInfo[] Properties(Type type) => type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
}
