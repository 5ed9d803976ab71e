using TelemetryActors.Client;
using TelemetryActors.Events;

namespace TelemetryActors;

/// <summary>Records from anywhere, without a client in the signature (S3.2). Until one is set, nothing happens.</summary>
/// <remarks>
/// Thread-safe. Code that would rather be given what it needs takes an optional <see cref="Recording.IRecorder"/> in its constructor: every
/// client is one (S3.4).
/// </remarks>
public static class Telemetry
{
    private static readonly GlobalClient Global = new();

    private static readonly RecordResult NoClient = RecordResult.Refused(DropReason.Disabled, "no global client is set");

    /// <summary>The client that events go to now; null when there is none.</summary>
    public static TelemetryClient? Current => Global.Current;

    /// <summary>Sets the client of this process, once. It stays the caller's to dispose.</summary>
    /// <returns>False when one was set before: that one stays.</returns>
    public static bool SetGlobal(TelemetryClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return Global.TrySet(client);
    }

    /// <summary>Puts another client, or none, in the global one's place for this flow of calls: a test that runs beside others.</summary>
    /// <returns>Ends it when disposed.</returns>
    public static IDisposable Override(TelemetryClient? client) => Global.Override(client);

    /// <summary>Records an event now; a silent no-op without a client (S3.3), as the result tells.</summary>
    public static RecordResult Record(string name, params ReadOnlySpan<Field> fields) =>
        Current is { } client ? client.Record(name, fields) : NoClient;

    /// <summary>Records an event whose details are a dictionary; a silent no-op without a client (S3.3), as the result tells.</summary>
    public static RecordResult RecordFields(string name, IReadOnlyDictionary<string, object?>? details = null) =>
        Current is { } client ? client.RecordFields(name, details) : NoClient;
}
