using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Cli.Dead;

/// <summary>What an operator puts back meets a server that is down.</summary>
[Trait("Feature", "SK.9")]
[Trait("Feature", "S1.15")]
public sealed class OutageSpec : IDisposable
{
    private readonly UploadRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_letter_put_back_while_the_server_fails_is_a_letter_again_and_is_delivered_when_it_works()
    {
        var id = LetterOfHttp();
        _rig.Server.AnswerWith(500);
        _rig.Program.Run("dead", "retry", "--sink", "http");

        var failed = _rig.Program.Run("sinks", "drain", "http");

        var letter = Assert.Single(TelemetryProgram.Json(_rig.Program.Run("dead", "show", "--sink", "http", "--json")));
        Assert.Equal((id, "odd"), (letter.GetProperty("id").GetString(), letter.GetProperty("event").GetProperty("event").GetString()));
        Assert.Contains("500", letter.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, failed.ExitCode);
        // The drain's own events may come, and be given up, meanwhile.
        Assert.Contains("; 1 dead letter; 1 set aside now", failed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Discarded", _rig.Program.Run("sinks", "http", "--json").Output, StringComparison.Ordinal);

        var before = _rig.Server.Requests.Count;
        _rig.Server.AnswerWith(200);
        _rig.Program.Run("dead", "retry", "--sink", "http");
        var drained = _rig.Program.Run("sinks", "drain", "http");

        Assert.Equal(0, drained.ExitCode);
        Assert.DoesNotContain("set aside", drained.Output, StringComparison.Ordinal);
        Assert.Contains(_rig.Server.Requests.Skip(before), request => Text(request).Contains("\"odd\"", StringComparison.Ordinal));
        Assert.Empty(TelemetryProgram.Json(_rig.Program.Run("dead", "list", "--json")));
        Assert.Equal(0, _rig.Program.Run("doctor").ExitCode);
    }

    [Fact]
    public void New_events_that_a_drain_gives_up_are_not_called_taken()
    {
        ReportTo(_rig.Server.Address);
        _rig.Server.AnswerWith(500);

        // By a client without the sink: the drain alone tries.
        _rig.Program.Record(client => client.Record("lost"), options => options.Transport = TelemetryTransport.Custom);

        var failed = _rig.Program.Run("sinks", "drain", "http");

        Assert.Equal(1, failed.ExitCode);
        Assert.Matches(@"; ([1-9][0-9]*) dropped now \(Discarded \1; [^)]*500[^)]*\)\n$", failed.Output);
    }

    // One event that the server refuses, among others that it takes.
    private string LetterOfHttp()
    {
        ReportTo(_rig.Server.Address);
        _rig.Server.Answer(request => new LoopbackAnswer(Text(request).Contains("\"odd\"", StringComparison.Ordinal) ? 400 : 200));
        _rig.Program.Record(client => client.Record("odd"));
        _rig.Program.Run("sinks", "drain", "http");
        return TelemetryProgram.Json(_rig.Program.Run("dead", "show", "--sink", "http", "--json")).Single().GetProperty("id").GetString()!;
    }

    private void ReportTo(Uri address)
    {
        _rig.Program.Record(client => client.Record("step"));
        _rig.Program.Run("config", "set", "sinks.http.endpoint", address.AbsoluteUri);
        _rig.Program.Run("consent", "grant", "--who", "jane");
        Assert.Equal(0, _rig.Program.Run("sinks", "drain", "http").ExitCode);
    }

    private static string Text(LoopbackRequest request) => System.Text.Encoding.UTF8.GetString(request.Body);
}
