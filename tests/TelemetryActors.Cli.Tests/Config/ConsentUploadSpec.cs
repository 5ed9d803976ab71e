using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.Config;

/// <summary>Programs that live for a moment each, an upload, and consent that comes and goes between them.</summary>
[Trait("Feature", "S2.61")]
public sealed class ConsentUploadSpec : IDisposable
{
    private readonly UploadRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void What_goes_is_what_was_recorded_under_consent_and_it_goes_at_once()
    {
        _rig.Program.Run("config", "set", "sinks.http.endpoint", _rig.Server.Address.AbsoluteUri);
        var before = Say("before consent");
        _rig.Program.Run("consent", "grant");
        SayUntilItGoes("after consent");
        _rig.Program.Variables["DO_NOT_TRACK"] = "1";
        Say("not to be tracked");
        _rig.Program.Variables.Remove("DO_NOT_TRACK");
        SayUntilItGoes("tracked again");
        _rig.Program.Run("consent", "deny");
        Say("after a denial");

        var uploaded = Uploaded();
        Assert.Equal((0, ""), (before.ExitCode, before.Error));
        Assert.DoesNotContain("before consent", uploaded, StringComparison.Ordinal);
        Assert.DoesNotContain("not to be tracked", uploaded, StringComparison.Ordinal);
        Assert.DoesNotContain("after a denial", uploaded, StringComparison.Ordinal);
    }

    // A program's end has seconds for it, in which a starved machine does not get there: then it goes with the next one's.
    private void SayUntilItGoes(string text) => Eventually.True(() => Uploaded().Contains(text, StringComparison.Ordinal), Uploaded, () => Say(text));

    private string Uploaded() => string.Concat(_rig.Server.Requests.Select(request => System.Text.Encoding.UTF8.GetString(request.Body)));

    private ProgramResult Say(string text) => _rig.Program.Run("exec", "--lines", "--", "echo", text);
}
