using System.Text.Json;
using TelemetryActors.Privacy;
using Xunit;

namespace TelemetryActors.Tests.Privacy.Corpus;

/// <summary>Judges what a sink that strips takes out of coordinates, by texts and by members that were written without sight of it.</summary>
[Trait("Feature", "S1.12")]
[Trait("Feature", "D.8")]
public sealed class PlaceCorpusSpec
{
    private const double LeastRecall = 0.99;

    [Theory]
    [InlineData("places-texts.jsonl", 600)]
    [InlineData("places-names.jsonl", 400)]
    public void At_least_99_of_100_coordinates_go(string file, int atLeast)
    {
        var lines = Read(file).Where(line => line.Label == "pii").ToList();
        var secrets = lines.Sum(line => line.Secrets!.Count);

        var left = lines.SelectMany(line => line.Secrets!.Where(Stripped(line).Contains).Select(secret => $"{line.Id} {secret}: {line.Text}")).ToList();

        Assert.True(secrets >= atLeast, $"{secrets} coordinates");
        var recall = 1 - ((double)left.Count / secrets);
        Assert.True(recall >= LeastRecall, $"{left.Count} of {secrets} are left, recall {recall:P2}:\n{string.Join('\n', left)}");
    }

    [Theory]
    [InlineData("places-texts.jsonl", 150)]
    [InlineData("places-names.jsonl", 60)]
    public void Nothing_goes_of_what_only_looks_like_a_place(string file, int atLeast)
    {
        var lines = Read(file).Where(line => line.Label == "clean").ToList();

        var touched = lines.Where(line => Stripped(line) != Line(line)).Select(line => $"{line.Id}: {line.Text} became {Stripped(line)}").ToList();

        Assert.True(lines.Count >= atLeast, $"{lines.Count} lines");
        Assert.True(touched.Count == 0, $"{touched.Count} lines were touched:\n{string.Join('\n', touched)}");
    }

    [Fact]
    public void What_stands_beside_a_place_stays()
    {
        var lines = Read("places-*.jsonl");

        var lost = lines.SelectMany(line => (line.Keep ?? []).Where(kept => !Stripped(line).Contains(kept, StringComparison.Ordinal)).Select(kept => $"{line.Id} {kept}: {Stripped(line)}")).ToList();

        Assert.True(lost.Count == 0, $"{lost.Count} were lost:\n{string.Join('\n', lost)}");
    }

    // A line about names is the details of an event, any other the text of a member.
    private static string Line(CorpusLine line) =>
        $$"""{"ts":"2026-03-01T12:00:00.123456Z","event":"work","details":{{(line.Kind.EndsWith("name", StringComparison.Ordinal) ? line.Text : "{\"t\":" + JsonSerializer.Serialize(line.Text) + "}")}}}""";

    private static string Stripped(CorpusLine line)
    {
        using var filter = new PrivacyFilter();
        Assert.NotNull(filter.Strip(System.Text.Encoding.UTF8.GetBytes(Line(line)), out var stripped));
        return System.Text.Encoding.UTF8.GetString(stripped);
    }

    private static List<CorpusLine> Read(string pattern) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Privacy", "Corpus"), pattern).Order(StringComparer.Ordinal)
            .SelectMany(File.ReadLines)
            .Select(line => JsonSerializer.Deserialize<CorpusLine>(line)!),
    ];
}
