using TelemetryActors.Configuration;
using TelemetryActors.Engine;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Privacy;
using TelemetryActors.Sampling;
using TelemetryActors.Sinks.Community;
using TelemetryActors.Sinks.Http;
using TelemetryActors.Sinks.RunPosting;
using TelemetryActors.Storage;

namespace TelemetryActors;

/// <summary>Everything that can be set about a client, in one object (S4.7b). Each default is the value that the product recommends.</summary>
public sealed class TelemetryOptions
{
    /// <summary>The name of the agent or service, on every event that no run claims. Null leaves it out.</summary>
    public string? Agent { get; set; }

    /// <summary>The run of another process that this one works for: its events carry that run's id. Null: <c>TELEMETRY_RUN_ID</c>, which <c>telemetry exec</c> sets.</summary>
    public string? JoinRun { get; set; }

    /// <summary>Whether anything is recorded at all (S2.9), and whether any sink but the event log gets anything. False wins from wherever it comes.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The directory that holds everything. Null: <c>TELEMETRY_BASE_DIR</c>, else the platform's (S4.7).</summary>
    public string? BaseDirectory { get; set; }

    /// <summary>The sizes.</summary>
    public TelemetryPreset Preset { get; set; }

    /// <summary>Whether <c>session.start</c> and <c>session.end</c> are recorded (S2.18). Null: for every preset but <see cref="TelemetryPreset.Small"/>.</summary>
    public bool? TrackSessions { get; set; }

    /// <summary>Whether a run that begins in a git work tree is tied to its commit: repository, branch and hash are read from the files of <c>.git</c>; a start of a run waits 50 ms for that at most.</summary>
    public bool TrackGit { get; set; } = true;

    /// <summary>Bytes of the ring, from 128 KiB to 1 GiB; raised to a power of two. Null: the preset's.</summary>
    public long? RingBytes { get; set; }

    /// <summary>How long <c>Record</c> waits for room, once a stall and not once a call; 0 to 10 s, 50 ms.</summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a run of another process may be silent before it is closed as abandoned; from 1 s to a century, 15 minutes. For engines that take such runs.</summary>
    public TimeSpan RunLease { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long starting may wait for the disk of the base directory; from 10 ms to a day, 5 s. Then recording begins in memory, and goes on in the base directory once it answers.</summary>
    public TimeSpan StartBudget { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long ending may take in all, up to a day; 5 s: what is left then stays in the ring and the log for the next start.</summary>
    public TimeSpan ShutdownBudget { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The event log.</summary>
    public LogOptions Log { get; set; } = new();

    /// <summary>What is redacted before anything is stored (S2.55, S2.56).</summary>
    public RedactionOptions Redaction { get; set; } = new();

    /// <summary>Which events are left out (S2.9).</summary>
    public SamplingOptions Sampling { get; set; } = new();

    /// <summary>The upload over HTTP: off until there is an address and recorded consent (S0.28).</summary>
    public HttpUploadOptions Http { get; set; } = new();

    /// <summary>Community reports: off until there is an address, <see cref="EnableCommunity"/> is set and consent is recorded (S1.3).</summary>
    public CommunityOptions Community { get; set; } = new();

    /// <summary>The posting of finished runs: off until there is an address and recorded consent (S4.13).</summary>
    public RunPostingOptions RunPosting { get; set; } = new();

    /// <summary>Where events go besides the event log, as one word. Null: to every sink that is set up.</summary>
    public TelemetryTransport? Transport { get; set; }

    /// <summary>Whether every event is shown on standard error, too (S2.66). Not for production.</summary>
    public bool Debug { get; set; }

    /// <summary>Whether an exception that ends the process is recorded as <c>runtime_error</c>, with all its stacks (S1.5, S1.8).</summary>
    public bool RecordCrashes { get; set; } = true;

    /// <summary>Whether community reports are wanted (S1.20); they need recorded consent besides.</summary>
    public bool EnableCommunity { get; set; }

    /// <summary>Whether diagnostics go to the owner's bucket once it is named (S1.21).</summary>
    public bool EnableS3 { get; set; } = true;

    /// <summary>How the owner's own bucket names this installation (S1.6): up to 64 letters, digits, dots and hyphens. Null: a random one, made once.</summary>
    public string? DeviceId { get; set; }

    /// <summary>Whether a bad setting from outside the program is thrown at start like one from its code, instead of being told and left out.</summary>
    /// <remarks>For programs that are nothing but telemetry: a collector should not run otherwise than its owner wrote (S4.17).</remarks>
    public bool RejectBadSettings { get; set; }

    /// <summary>Where events go besides the event log.</summary>
    public IList<SinkDefinition> Sinks { get; private set; } = [];

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Told of what went wrong inside the telemetry, on one of its own threads; what it throws is ignored. Null: nobody is told, the counters still count.</summary>
    public Action<TelemetryFailure>? OnFailure { get; set; }

    /// <summary>The sinks of other assemblies that bring their own settings.</summary>
    internal IList<SinkKit> Kits { get; private set; } = [];

    internal Func<PipelineDefinition, EngineEnvironment, IPipelineEngine> Engine { get; set; } = (pipeline, environment) => new LocalEngine(pipeline, environment);

    /// <summary>Told of every line of a run's life, with the run's id, on the caller's thread.</summary>
    internal Action<string, ReadOnlyMemory<byte>>? OnRunLine { get; set; }

    /// <summary>Changes the options of a client that a host owns, by the host's services, when they are first asked for.</summary>
    internal Action<TelemetryOptions, IServiceProvider>? ConfigureInHost { get; set; }

    /// <summary>Whether no sink but the event log is to run, whatever the settings say.</summary>
    internal bool HasOnlyTheLog { get; set; }

    /// <summary>The sinks that run beside the event log, whatever else the settings ask for; null: all.</summary>
    internal IReadOnlyCollection<string>? OnlySinks { get; set; }

    /// <summary>The directory whose git commit runs are tied to.</summary>
    internal Func<string> WorkingDirectory { get; set; } = () => Environment.CurrentDirectory;

    /// <summary>How long the start of a run waits for that commit; later it comes as an event of its own.</summary>
    internal TimeSpan CommitPatience { get; set; } = TimeSpan.FromMilliseconds(50);

    internal IFileSystem Files { get; set; } = DiskFileSystem.Instance;

    /// <summary>The environment; null: the process's own, read at start.</summary>
    internal IReadOnlyDictionary<string, string>? Variables { get; set; }

    /// <summary>Settings from a host or a command line.</summary>
    internal IReadOnlyList<SettingSource> Outside { get; set; } = [];

    internal TelemetryOptions Copy()
    {
        var copy = (TelemetryOptions)MemberwiseClone();
        copy.Log = Log.Copy();
        copy.Redaction = Redaction.Copy();
        copy.Sampling = Sampling.Copy();
        copy.Http = Http.Copy();
        copy.Community = Community.Copy();
        copy.RunPosting = RunPosting.Copy();
        copy.Sinks = [.. Sinks];
        copy.Kits = [.. Kits.Select(kit => kit.Copy())];
        return copy;
    }

    /// <summary>The kit of a type; it must be there.</summary>
    internal T Kit<T>()
        where T : SinkKit => Kits.OfType<T>().First();
}
