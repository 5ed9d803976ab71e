using System.Security.Cryptography;

namespace TelemetryActors.Configuration;

/// <summary>What a user agrees to or declines: what is sent to others, what is not, to whom, and how to take it back (D.9, S2.61).</summary>
/// <remarks>A consent names the version of the text and its hash. A changed text has another version.</remarks>
public static class ConsentText
{
    /// <summary>The version of <see cref="Current"/>.</summary>
    public const string Version = "2";

    /// <summary>The text, in lines of at most 110 characters.</summary>
    public static string Current { get; } = """
        Consent to uploads, version 2

        Programs that use this directory record what they do in a log on your own disk. You are asked
        whether some of it may be sent to others. Without your consent nothing is, and no connection
        is opened for it.

        What is sent, to an address only if one is configured for it (`telemetry config`), and to nobody else:
        - Community reports: for each version of a program and each hour, how many events, sessions, runs,
          errors and crashes there were and the names of error types; with the program's name, version and
          platform, and a salted hash as the name of this installation. If the configuration asks for events
          (sinks.community.sendEvents), the events themselves, without the personal data found in them.
        - The http upload: every event as it stands in the log.
        - Run posting: each finished run: who did what kind of work, when, how it ended, its counts,
          metrics, summaries and labels.

        What is not sent: anything recorded before you agree, or while DO_NOT_TRACK is set. Passwords, keys,
        e-mail addresses and card, phone and social security numbers are taken out before anything is stored,
        as far as they can be recognised, unless the configuration switches that off (redactPII). Community
        reports hold no name, address, machine or place.

        See for yourself: `telemetry show --would-send community|http|runs` prints the next upload, byte
        for byte.

        Take it back at any time: `telemetry consent deny` ends all three at once, in every program of this
        directory. DO_NOT_TRACK=1 stops them whatever was recorded. What was sent before stays with those who
        received it. Your own log, store, bucket and collector are yours and need no consent.
        """.ReplaceLineEndings("\n") + "\n";

    /// <summary>The SHA-256 of <see cref="Current"/> in UTF-8, as 64 small hex digits.</summary>
    public static string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Current)));
}
