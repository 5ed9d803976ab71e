using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Configuration;

/// <summary>Looks whether a base directory's <c>config.json</c> has changed since a client started.</summary>
/// <remarks>For one thread. What the program and its surroundings say stays as it was at the start.</remarks>
internal sealed class ConfigWatch(TelemetryOptions code, IReadOnlyList<SettingSource> outside, BaseFolder folder)
{
    private byte[]? _last;

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

        if (content is null ? _last is null : _last is not null && content.AsSpan().SequenceEqual(_last))
        {
            return null;
        }

        // It may be half written by an editor, and is looked at again when it has changed once more.
        _last = content;
        var file = new ConfigFile(code.Files, folder).Read(out var fault);
        return fault is null ? SettingResolver.Resolve(code, [.. outside, file]) : null;
    }
}
