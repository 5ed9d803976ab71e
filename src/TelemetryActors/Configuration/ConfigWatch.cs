using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Configuration;

/// <summary>Looks whether a base directory's <c>config.json</c> has changed since a client started.</summary>
/// <remarks>For one thread. What the program and its surroundings say stays as it was at the start.</remarks>
internal sealed class ConfigWatch(TelemetryOptions code, IReadOnlyList<SettingSource> outside, BaseFolder folder)
{
    private byte[]? _last;
    private bool _wasMissing;

    /// <summary>The settings with the file as it is now.</summary>
    /// <returns>Null when it is as it was at the last look, or cannot be read: then what was known stays.</returns>
    public ResolvedSettings? TryRead()
    {
        byte[]? content;
        try
        {
            content = AtomicFile.TryRead(code.Files, folder.ConfigFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        // A disk that is away for a moment, or an editor that puts another file in the place, says nothing.
        var saysNothing = content is null && (!_wasMissing || !Directory.Exists(folder.Path));
        _wasMissing = content is null;
        if (saysNothing || content.AsSpan().SequenceEqual(_last))
        {
            return null;
        }

        // It may be half written: until it can be read what was known stays.
        var file = new ConfigFile(code.Files, folder).Read(out var fault);
        if (fault is not null)
        {
            return null;
        }

        _last = content;
        return SettingResolver.Resolve(code, [.. outside, file]);
    }
}
