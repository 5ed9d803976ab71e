using TelemetryActors.Benchmarks.Contenders;

namespace TelemetryActors.Benchmarks.Durable;

/// <summary>The contenders of the durability table by name.</summary>
internal static class DurableCatalog
{
    private static readonly (string Name, Func<IDurableContender> Create)[] All =
    [
        ("group-commit", () => new GroupCommit()),
        (ContenderCatalog.Product, () => new ProductFlush()),
    ];

    /// <summary>The names of all contenders.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(c => c.Name)];

    /// <summary>A new instance of the named contender.</summary>
    public static IDurableContender Create(string name) => All.Single(c => c.Name == name).Create();
}
