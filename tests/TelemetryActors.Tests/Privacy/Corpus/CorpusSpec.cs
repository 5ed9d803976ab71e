using System.Text.Json;
using TelemetryActors.Encoding;
using TelemetryActors.Privacy;
using Xunit;

namespace TelemetryActors.Tests.Privacy.Corpus;

/// <summary>Judges the redactor by texts and names of which most were written without sight of it.</summary>
[Trait("Feature", "S2.55")]
[Trait("Feature", "S2.56")]
public sealed class CorpusSpec
{
    private const double LeastRecall = 0.99;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly Redactor Redactor = new(new RedactionOptions());
    private static readonly List<CorpusLine> Lines = Read<CorpusLine>("values*.jsonl");

    [Fact]
    public void Is_large_enough_to_judge_by()
    {
        Assert.True(Lines.Count >= 2000, $"{Lines.Count} lines");
        Assert.Equal(Lines.Count, Lines.Select(line => line.Id).Distinct().Count());
        Assert.All(Lines, line => Assert.All(line.Secrets ?? [], secret => Assert.Contains(secret, line.Text, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("values.jsonl")]
    [InlineData("values-borders.jsonl")]
    [InlineData("values-assigned.jsonl")]
    public void At_least_99_of_100_secrets_go(string file)
    {
        var lines = Read<CorpusLine>(file).Where(line => line.Label == "pii").ToList();
        var secrets = lines.Sum(line => line.Secrets!.Count);

        var left = lines
            .SelectMany(line => line.Left(Redacted(line.Text)).Select(secret => $"{secret.Form} {line.Id}: {Shown(line.Text, secret.Secret)}"))
            .ToList();

        var recall = 1 - ((double)left.Count / secrets);
        Assert.True(recall >= LeastRecall, $"{left.Count} of {secrets} secrets are left, recall {recall:P2}:\n{string.Join('\n', left.Order(StringComparer.Ordinal))}");
    }

    [Fact]
    public void Nothing_goes_of_what_only_looks_like_a_secret()
    {
        var touched = Lines.Where(line => line.Label == "clean" && Redacted(line.Text) != line.Text)
            .Select(line => $"{line.Kind} {line.Id}: {Shown(Redacted(line.Text), Redactor.Mark)} was {Shown(line.Text, Difference(line.Text))}")
            .ToList();

        Assert.True(touched.Count == 0, $"{touched.Count} lines were touched:\n{string.Join('\n', touched.Order(StringComparer.Ordinal))}");
    }

    [Fact]
    public void What_stands_beside_a_secret_stays()
    {
        var lost = Lines.SelectMany(line => (line.Keep ?? []).Where(kept => !Redacted(line.Text).Contains(kept, StringComparison.Ordinal))
            .Select(kept => $"{line.Id}: {Shown(line.Text, kept)}")).ToList();

        Assert.True(lost.Count == 0, $"{lost.Count} were lost:\n{string.Join('\n', lost)}");
    }

    [Fact]
    public void The_prefilter_passes_over_no_finding()
    {
        var passedOver = Lines.Where(line => Redactor.Redact(line.Text) is not null && !Redactor.MayHold(Encoded(line.Text)))
            .Select(line => $"{line.Kind} {line.Id}: {Shown(line.Text, Difference(line.Text))}")
            .ToList();

        Assert.True(passedOver.Count == 0, $"{passedOver.Count} were passed over:\n{string.Join('\n', passedOver)}");
    }

    [Fact]
    public void Names_are_redacted_by_the_rule()
    {
        var names = Read<CorpusName>("names*.jsonl").Where(name => !name.Either).ToList();

        var wrong = names.Where(name => Redactor.IsSensitiveName(name.Name) != name.Redact).Select(name => $"{name.Name}: {(name.Redact ? "stays" : "goes")}").ToList();

        Assert.True(names.Count > 0);
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {names.Count} names are wrong:\n{string.Join('\n', wrong)}");
    }

    // The text around what matters, on one line.
    private static string Shown(string text, string what)
    {
        const int Around = 40;
        var at = Math.Max(0, text.IndexOf(what, StringComparison.Ordinal));
        var start = Math.Max(0, at - Around);
        return JsonSerializer.Serialize(text[start..Math.Min(text.Length, at + what.Length + Around)], Readable);
    }

    // What the redactor took out first.
    private static string Difference(string text)
    {
        var redacted = Redacted(text);
        var start = text.AsSpan().CommonPrefixLength(redacted);
        return text[start..Math.Min(text.Length, start + 24)];
    }

    // As the encoder writes it.
    private static byte[] Encoded(string text)
    {
        var writer = new LineWriter(new byte[(text.Length * LineWriter.MaxBytesPerChar) + 16]);
        writer.Raw("{\"t\":"u8);
        writer.Text(text);
        writer.Raw((byte)'}');
        return writer.WrittenBytes.ToArray();
    }

    private static string Redacted(string text) => Redactor.Redact(text) ?? text;

    private static List<T> Read<T>(string pattern) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Privacy", "Corpus"), pattern).Order(StringComparer.Ordinal)
            .SelectMany(File.ReadLines)
            .Select(line => JsonSerializer.Deserialize<T>(line)!),
    ];
}
