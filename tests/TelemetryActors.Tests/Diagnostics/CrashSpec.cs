using System.Text.Json;
using TelemetryActors.Processes;
using Xunit;

namespace TelemetryActors.Tests.Diagnostics;

/// <summary>Real processes that die of an exception nobody catches.</summary>
[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.5")]
[Trait("Feature", "S1.8")]
public sealed class CrashSpec : IDisposable
{
    private readonly ProcessFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("thread")]
    [InlineData("main")]
    public void An_unhandled_exception_leaves_an_event_with_the_full_stack(string how)
    {
        using (var process = new WriterProcess(_folder.Base, _folder.Rings, "doomed", 1, 100, crash: how))
        {
            Assert.Equal(134, process.WaitForExit());
            Assert.Equal(100, process.AcceptedInAll);
        }

        // The log has a second to take it before the process is gone; what it has not taken then stands in the ring.
        _folder.StartAndEnd("next");
        var crash = Assert.Single(Events(), line => line.GetProperty("event").GetString() == "runtime_error");

        var details = crash.GetProperty("details");
        Assert.Equal("critical", crash.GetProperty("level").GetString());
        Assert.Equal("doomed", crash.GetProperty("agent").GetString());
        Assert.Equal("the process cannot go on", details.GetProperty("error").GetString());
        Assert.Equal("System.InvalidOperationException", details.GetProperty("type").GetString());
        var stack = details.GetProperty("stack").GetString()!;
        Assert.Equal(4, stack.Split("Crash.Fail").Length - 2);
        Assert.Contains("System.FormatException", stack, StringComparison.Ordinal);
        Assert.DoesNotContain("someone@example.com", stack, StringComparison.Ordinal);
        Assert.True(details.GetProperty("working_set_bytes").GetInt64() > 0);
    }

    [Fact]
    public void Who_does_not_want_it_gets_none()
    {
        Directory.CreateDirectory(_folder.Base);
        File.WriteAllText(Path.Combine(_folder.Base, "config.json"), "{\"recordCrashes\":false}");

        using (var process = new WriterProcess(_folder.Base, _folder.Rings, "doomed", 1, 100, crash: "main"))
        {
            Assert.Equal(134, process.WaitForExit());
        }

        _folder.StartAndEnd("next");
        Assert.Equal(100, Events().Count);
    }

    private List<JsonElement> Events() =>
    [
        .. Directory.GetFiles(Path.Combine(_folder.Base, "raw"), "*.ndjson").Order(StringComparer.Ordinal).SelectMany(File.ReadLines)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("event").GetString() != "log_anchor" && line.GetProperty("agent").GetString() == "doomed"),
    ];
}
