using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace TelemetryActors.Tests.House;

/// <summary>The README's code compiles and runs: each of its statements stands in this file too.</summary>
public sealed class ReadmeSpec
{
    [Fact]
    public void Every_statement_of_the_readme_compiles()
    {
        Delegate[] samples = [Embedded, Hosted];
        var here = Normalised(File.ReadAllText(RepositoryRoot.File("tests", "TelemetryActors.Tests", "House", "ReadmeSpec.cs")));

        var statements = Blocks().SelectMany(block => block).Select(Normalised).Where(line => line.Length > 3).ToList();

        Assert.Equal(2, samples.Length);
        Assert.Equal(9, statements.Count);
        Assert.All(statements, statement => Assert.Contains(statement, here, StringComparison.Ordinal));
    }

    private static async Task Embedded()
    {
        await using var telemetry = TelemetryClient.Start("crawler");
        telemetry.Record("service_ready", ("service_id", "api"), ("ms", 41));

        // The README leaves out the work that would be awaited.
#pragma warning disable CS1998
        await telemetry.RunAsync("crawler", "nightly", async run =>
        {
            run.Record("checkpoint", ("step", 1));
            run.SetMetric("items_discovered", 10);
        });
#pragma warning restore CS1998

        telemetry.RecordMetric("api.latency", 150, "ms");

        await telemetry.FlushAsync();
    }

    private static void Hosted(HostApplicationBuilder builder)
    {
        builder.Services.AddTelemetryActors(t => t.AddHttp(new Uri("https://telemetry.example/v1")));
        builder.Services.AddHealthChecks().AddTelemetryActors();
    }

    private static IEnumerable<IEnumerable<string>> Blocks() =>
        File.ReadAllText(RepositoryRoot.File("README.md"))
            .Split("```csharp\n").Skip(1)
            .Select(rest => rest.Split("```")[0].Split('\n').Select(line => line.Split("//  ")[0].Split("   //")[0]));

    private static string Normalised(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
