using TelemetryActors.Log;
using TelemetryActors.Privacy;
using TelemetryActors.Sampling;
using TelemetryActors.Sinks.Http;

namespace TelemetryActors.Configuration;

/// <summary>Copies options as deep as settings reach, so that a client never changes what its user holds.</summary>
internal static class OptionsCopy
{
    public static TelemetryOptions Of(TelemetryOptions options)
    {
        var copy = new TelemetryOptions
        {
            Agent = options.Agent,
            JoinRun = options.JoinRun,
            Enabled = options.Enabled,
            BaseDirectory = options.BaseDirectory,
            Preset = options.Preset,
            TrackSessions = options.TrackSessions,
            RingBytes = options.RingBytes,
            MaxWait = options.MaxWait,
            RunLease = options.RunLease,
            ShutdownBudget = options.ShutdownBudget,
            Log = Of(options.Log),
            Redaction = Of(options.Redaction),
            Sampling = Of(options.Sampling),
            Http = Of(options.Http),
            Transport = options.Transport,
            Debug = options.Debug,
            EnableCommunity = options.EnableCommunity,
            EnableS3 = options.EnableS3,
            DeviceId = options.DeviceId,
            RejectBadSettings = options.RejectBadSettings,
            Time = options.Time,
            OnFailure = options.OnFailure,
            Engine = options.Engine,
            OnRunLine = options.OnRunLine,
            ConfigureInHost = options.ConfigureInHost,
            Files = options.Files,
            Variables = options.Variables,
            Outside = options.Outside,
        };
        foreach (var sink in options.Sinks)
        {
            copy.Sinks.Add(sink);
        }

        foreach (var kit in options.Kits)
        {
            copy.Kits.Add(kit.Copy());
        }

        return copy;
    }

    private static LogOptions Of(LogOptions log) => new()
    {
        File = log.File,
        Fsync = log.Fsync,
        FsyncInterval = log.FsyncInterval,
        MaxFileBytes = log.MaxFileBytes,
        RetentionBytes = log.RetentionBytes,
        RetentionAge = log.RetentionAge,
    };

    private static RedactionOptions Of(RedactionOptions redaction)
    {
        var copy = new RedactionOptions { Enabled = redaction.Enabled };
        foreach (var field in redaction.Fields)
        {
            copy.Fields.Add(field);
        }

        return copy;
    }

    private static SamplingOptions Of(SamplingOptions sampling) => new()
    {
        Mode = sampling.Mode,
        Rate = sampling.Rate,
        ThrottleWindow = sampling.ThrottleWindow,
        MaxEventsPerWindow = sampling.MaxEventsPerWindow,
    };

    private static HttpUploadOptions Of(HttpUploadOptions http)
    {
        var copy = new HttpUploadOptions { Endpoint = http.Endpoint, MaxBufferSize = http.MaxBufferSize, FlushInterval = http.FlushInterval };
        foreach (var (name, value) in http.Headers)
        {
            copy.Headers[name] = value;
        }

        return copy;
    }
}
