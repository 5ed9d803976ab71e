using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace TelemetryActors.Tests.House;

/// <summary>The coverage page is made from the specs' feature ids, so it cannot promise what no spec proves.</summary>
public sealed partial class CoverageSpec
{
    private const string Measured = " (benchmark)";

    [Fact]
    public void The_coverage_page_is_what_the_specs_prove()
    {
        var proofs = Proofs();

        Snapshot.Check(RepositoryRoot.File("docs", "coverage.md"), Page(proofs));
    }

    [Fact]
    public void Every_feature_id_in_the_specs_is_on_the_list()
    {
        var known = Features().Select(feature => feature.Id).ToHashSet(StringComparer.Ordinal);

        var unknown = Proofs().Keys.Where(id => !known.Contains(id) && id[0] == 'S');

        Assert.Empty(unknown);
    }

    private static string Page(SortedDictionary<string, SortedSet<string>> proofs)
    {
        var features = Features();
        var page = new StringBuilder();
        page.Append("# Coverage\n\nWhich features have specs, made from the specs' feature ids (`UPDATE_SNAPSHOTS=1` writes this page). What only a benchmark measures ([how](benchmarks.md)) is named and not counted.\n");
        foreach (var group in features.GroupBy(feature => feature.Id.Split('.')[0]))
        {
            var proven = group.Count(feature => proofs.TryGetValue(feature.Id, out var found) && found.Any(proof => !proof.EndsWith(Measured, StringComparison.Ordinal)));
            page.Append($"\n## {group.Key}: {proven} of {group.Count()}\n| id | feature | specs |\n|---|---|---|\n");
            foreach (var (id, title) in group)
            {
                var specs = proofs.TryGetValue(id, out var found) ? string.Join(", ", found) : "-";
                page.Append($"| {id} | {title.Replace("|", "\\|", StringComparison.Ordinal)} | {specs} |\n");
            }
        }

        return page.ToString();
    }

    private static List<(string Id, string Title)> Features() =>
        [.. File.ReadAllLines(RepositoryRoot.File("docs", "features.tsv")).Select(line => line.Split('\t')).Select(parts => (parts[0], parts[1]))];

    private static SortedDictionary<string, SortedSet<string>> Proofs()
    {
        var proofs = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var file in Sources())
        {
            var isMeasure = file.Contains(".Benchmarks/", StringComparison.Ordinal);
            foreach (Match match in (isMeasure ? MeasuredFeature() : FeatureTrait()).Matches(File.ReadAllText(file)))
            {
                if (!proofs.TryGetValue(match.Groups[1].Value, out var specs))
                {
                    proofs[match.Groups[1].Value] = specs = new SortedSet<string>(StringComparer.Ordinal);
                }

                specs.Add(Path.GetFileNameWithoutExtension(file) + (isMeasure ? Measured : ""));
            }
        }

        return proofs;
    }

    private static IEnumerable<string> Sources() =>
        new[] { "tests", "src/TelemetryActors.TestKit" }
            .SelectMany(folder => Directory.EnumerateFiles(RepositoryRoot.File(folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    [GeneratedRegex("""Trait\("Feature", "([A-Z0-9.]+b?)"\)""")]
    private static partial Regex FeatureTrait();

    // A benchmark names what it measures in its summary: "... (S2.3)".
    [GeneratedRegex("""\b(S[0-9K]\.[0-9]+b?)\b""")]
    private static partial Regex MeasuredFeature();
}
