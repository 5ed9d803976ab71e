namespace TelemetryActors.Benchmarks.Contenders;

/// <summary>Every contender by the name it has on the command line, in the order of the tables.</summary>
internal static class ContenderCatalog
{
    /// <summary>The row that the ratios are about.</summary>
    public const string Product = "product";

    private static readonly (string Name, Func<IContender> Create)[] All =
    [
        ("raw-a", () => new RawPreEncoded()),
        ("raw-c", () => new RawBlocks()),
        ("raw-d", () => new RawRing()),
        ("channel", () => new ObjectChannel()),
        ("serilog-buffered", () => new SerilogFile(buffered: true)),
        ("serilog-flush", () => new SerilogFile(buffered: false)),
        ("serilog-async", () => new SerilogAsync()),
        ("nlog-async", () => new NLogAsync()),
        (Product, () => new ProductClient()),
    ];

    /// <summary>The names of all contenders.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(c => c.Name)];

    /// <summary>A new instance of the named contender.</summary>
    public static IContender Create(string name) => All.Single(c => c.Name == name).Create();
}
