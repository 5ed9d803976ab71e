using TelemetryActors.Configuration;
using Xunit;

namespace TelemetryActors.Cli.Tests.Config;

[Trait("Feature", "S2.61")]
public sealed class ConsentCommandSpec : IDisposable
{
    private readonly CommandRun _command = new();

    public void Dispose() => _command.Dispose();

    [Fact]
    public void Is_denied_until_someone_decides()
    {
        var exitCode = _command.Run("consent", "show");

        Assert.Equal((0, $"denied: nobody has decided{Environment.NewLine}`telemetry consent text` shows the text, version {ConsentText.Version}"), (exitCode, _command.Output));
    }

    [Fact]
    public void Says_who_granted_which_text()
    {
        _command.Run("consent", "grant", "--who", "jane");

        _command.Run("consent");

        Assert.Matches(@"^granted by jane at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, text version " + ConsentText.Version + "$", _command.Output);
    }

    [Fact]
    public void Is_told_as_json_too()
    {
        _command.Run("consent", "--json");
        var undecided = _command.Output;
        _command.Variables["DO_NOT_TRACK"] = "1";

        _command.Run("consent", "grant", "--who", "jane", "--json");

        Assert.Equal("""{"granted":false,"who":null,"when":null,"text_version":null,"text_sha256":null,"current_text_version":"2","do_not_track":false}""", undecided);
        Assert.Matches("""^\{"granted":true,"who":"jane","when":"\d{4}-\d\d-\d\dT[0-9:.]+Z","text_version":"2","text_sha256":"[0-9a-f]{64}","current_text_version":"2","do_not_track":true\}$""", _command.Output);
    }

    [Fact]
    public void Shows_the_text_before_it_is_agreed_to_and_whenever_asked()
    {
        _command.Run("consent", "text");
        var asked = _command.Output;

        _command.Run("consent", "grant", "--who", "jane");

        Assert.Equal(ConsentText.Current.Trim(), asked.ReplaceLineEndings("\n").Trim());
        Assert.StartsWith(ConsentText.Current.Trim(), _command.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("granted by jane", _command.Output[ConsentText.Current.Trim().Length..], StringComparison.Ordinal);
    }

    [Fact]
    public void Gives_the_text_with_its_version_and_hash_as_json()
    {
        _command.Run("consent", "text", "--json");

        var text = System.Text.Json.JsonDocument.Parse(_command.Output).RootElement;
        Assert.Equal(
            (ConsentText.Version, ConsentText.Sha256, ConsentText.Current),
            (text.GetProperty("text_version").GetString(), text.GetProperty("text_sha256").GetString(), text.GetProperty("text").GetString()));
    }

    [Fact]
    public void Can_be_taken_back()
    {
        _command.Run("consent", "grant", "--who", "jane");

        var exitCode = _command.Run("consent", "deny", "--who", "joe");

        Assert.Equal(0, exitCode);
        Assert.StartsWith("denied by joe at ", _command.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public void Says_that_DO_NOT_TRACK_stands_above_it()
    {
        _command.Variables["DO_NOT_TRACK"] = "1";

        _command.Run("consent", "grant");

        Assert.Contains("DO_NOT_TRACK is set here", _command.Output, StringComparison.Ordinal);
    }
}
