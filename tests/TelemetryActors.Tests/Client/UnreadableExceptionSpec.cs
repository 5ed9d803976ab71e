using System.Collections;
using TelemetryActors.Diagnostics;
using TelemetryActors.Events;
using TelemetryActors.Recording;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Tests.Client;

/// <summary>Exceptions are someone else's code: some throw when they are read.</summary>
[Trait("Feature", "S0.3")]
public sealed class UnreadableExceptionSpec : IDisposable
{
    private const string Unreadable = "could not be read: InvalidOperationException";

    private readonly ClientRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    [Trait("Feature", "S4.20")]
    public async Task Work_that_throws_one_has_failed_and_the_caller_gets_it()
    {
        Exception thrown = new Unread(), cancelled = new UnreadCancellation();

        using (var telemetry = _rig.Start())
        {
            Assert.Same(thrown, await Assert.ThrowsAsync<Unread>(() => telemetry.RunAsync("crawler", "nightly", _ => throw thrown)));
            Assert.Same(cancelled, await Assert.ThrowsAsync<UnreadCancellation>(() => telemetry.RunAsync("crawler", "nightly", _ => throw cancelled)));
        }

        var ends = _rig.Events().Where(line => line.GetProperty("event").GetString() == "run_end").Select(line => line.GetProperty("details")).ToList();
        Assert.Equal(["failed", "cancelled"], ends.Select(end => end.GetProperty("status").GetString()));
        Assert.All(ends, end => Assert.Contains(Unreadable, end.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Feature", "S2.12")]
    public void An_error_that_is_one_is_recorded_with_its_type_and_where_it_was_thrown()
    {
        using (var telemetry = _rig.Start())
        {
            using var run = telemetry.StartRun("crawler", "nightly");

            Assert.True(telemetry.RecordError(Thrown()).IsAccepted);
            Assert.True(run.RecordError(Thrown()).IsAccepted);
        }

        var errors = _rig.Events().Where(line => line.GetProperty("event").GetString() == "error").Select(line => line.GetProperty("details")).ToList();
        Assert.Equal(2, errors.Count);
        Assert.All(errors, error => Assert.Contains(Unreadable, error.GetProperty("error").GetString(), StringComparison.Ordinal));
        Assert.All(errors, error => Assert.Equal(typeof(Unread).FullName, error.GetProperty("type").GetString()));
        Assert.All(errors, error => Assert.Contains(nameof(Thrown), error.GetProperty("stack").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Details_that_throw_one_are_refused_and_told()
    {
        using var telemetry = _rig.Start();
        var recorder = new FileRecorder(Path.Combine(_rig.BaseDirectory, "alone.jsonl"), TimeProvider.System, DiskFileSystem.Instance);

        var refused = telemetry.RecordFields("broken", new Throwing());
        var alone = recorder.RecordFields("broken", new Throwing());

        Assert.Equal((DropReason.Invalid, DropReason.Invalid), (refused.Reason, alone.Reason));
        Assert.Contains(Unreadable, alone.Detail, StringComparison.Ordinal);
        Assert.Contains(_rig.Failures, failure => failure.Where == "record" && failure.Message.Contains(Unreadable, StringComparison.Ordinal));
    }

    [Fact]
    public void A_listener_that_throws_one_keeps_it_to_itself()
    {
        using var telemetry = _rig.Start(options => options.OnFailure = _ => throw new Unread());

        var refused = telemetry.RecordFields("broken", new Throwing());

        Assert.Equal(DropReason.Invalid, refused.Reason);
    }

    [Fact]
    [Trait("Feature", "S1.8")]
    public void A_crash_of_one_has_all_details_but_its_words()
    {
        var details = CrashDetails.Of(Thrown(), DateTimeOffset.UnixEpoch);

        string TextOf(string name) => Assert.Single(details, field => field.Name == name).Text.ToString();
        Assert.Contains(Unreadable, TextOf("error"), StringComparison.Ordinal);
        Assert.Equal(typeof(Unread).FullName, TextOf("type"));
        Assert.Contains(nameof(Thrown), TextOf("stack"), StringComparison.Ordinal);
    }

    private static Unread Thrown()
    {
        try
        {
            throw new Unread();
        }
        catch (Unread thrown)
        {
            return thrown;
        }
    }

    private static InvalidOperationException Fault() => new("thrown by the test");

    private sealed class Unread : Exception
    {
        public override string Message => throw Fault();

        public override string? StackTrace => throw Fault();

        public override IDictionary Data => throw Fault();

        public override string ToString() => throw Fault();
    }

    private sealed class UnreadCancellation : OperationCanceledException
    {
        public override string Message => throw Fault();
    }

    private sealed class Throwing : IReadOnlyDictionary<string, object?>
    {
        public int Count => throw new Unread();

        public IEnumerable<string> Keys => throw new Unread();

        public IEnumerable<object?> Values => throw new Unread();

        public object? this[string key] => throw new Unread();

        public bool ContainsKey(string key) => throw new Unread();

        public bool TryGetValue(string key, out object? value) => throw new Unread();

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => throw new Unread();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
