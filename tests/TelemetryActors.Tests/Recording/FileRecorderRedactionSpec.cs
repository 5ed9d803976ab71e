using System.Text.Json;
using System.Text.Json.Nodes;
using TelemetryActors.Privacy;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Recording;

[Trait("Feature", "S0.29")]
public sealed class FileRecorderRedactionSpec : IDisposable
{
    private readonly RecordDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Sensitive_names_are_redacted_at_every_depth()
    {
        _directory.Recorder().RecordFields("login", new Dictionary<string, object?>
        {
            ["password"] = "hunter2",
            ["username"] = "jane",
            ["request"] = new Dictionary<string, object?> { ["apiKey"] = 12345, ["path"] = "/" },
            ["items"] = new object?[] { new Dictionary<string, object?> { ["token"] = "t" } },
        });

        var details = Details();
        Assert.Equal("[REDACTED]", details.GetProperty("password").GetString());
        Assert.Equal("jane", details.GetProperty("username").GetString());
        Assert.Equal("""{"apiKey":"[REDACTED]","path":"/"}""", details.GetProperty("request").GetRawText());
        Assert.Equal("""[{"token":"[REDACTED]"}]""", details.GetProperty("items").GetRawText());
    }

    [Fact]
    public void Personal_data_in_values_is_taken_out_of_every_kind_of_text()
    {
        _directory.Recorder().RecordFields("mail to jane@example.com", new Dictionary<string, object?>
        {
            ["text"] = "from jane@example.com",
            ["element"] = JsonDocument.Parse("""{"a":["jane@example.com"]}""").RootElement,
            ["node"] = JsonNode.Parse("""{"a":"jane@example.com"}"""),
            ["address"] = new Uri("mailto:jane@example.com"),
            ["jane@example.com"] = 1,
        });

        Assert.DoesNotContain("jane", _directory.Text, StringComparison.Ordinal);
        Assert.Equal("from [REDACTED]", Details().GetProperty("text").GetString());
    }

    [Fact]
    public void Further_names_can_be_added_and_all_of_it_switched_off()
    {
        var more = new RedactionOptions();
        more.Fields.Add("badge");
        new FileRecorder(_directory.File, _directory.Clock, DiskFileSystem.Instance, more).RecordFields("a", new Dictionary<string, object?> { ["badge"] = 7 });
        new FileRecorder(_directory.File, _directory.Clock, DiskFileSystem.Instance, new RedactionOptions { Enabled = false })
            .RecordFields("b", new Dictionary<string, object?> { ["password"] = "p" });

        Assert.Contains("\"badge\":\"[REDACTED]\"", _directory.Lines[0], StringComparison.Ordinal);
        Assert.Contains("\"password\":\"p\"", _directory.Lines[1], StringComparison.Ordinal);
    }

    private JsonElement Details() => JsonDocument.Parse(_directory.Lines.Single()).RootElement.GetProperty("details");
}
