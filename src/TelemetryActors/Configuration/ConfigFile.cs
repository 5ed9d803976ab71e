using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using TelemetryActors.Engine;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Configuration;

/// <summary><c>config.json</c> of a base directory: nested objects or names with dots. What is not known in here stays as it is; comments do not.</summary>
/// <remarks>One that is kept elsewhere and linked to is locked and changed there: other base directories may link to it, too.</remarks>
internal sealed class ConfigFile(IFileSystem files, BaseFolder folder)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false };

    /// <summary>Reads it. Throws nothing: a program that cannot read its settings starts without them.</summary>
    /// <param name="fault">What is wrong with the whole file; null when it can be read or is not there.</param>
    public SettingSource Read(out string? fault)
    {
        fault = null;
        try
        {
            return IsThere ? ReadThere() : SettingSource.Empty(SettingOrigin.File);
        }
        catch (Exception exception)
        {
            // Whether it is there may be as little to be seen as what it holds: a directory that may not be searched, a loop of links, a server that is gone.
            fault = $"{folder.ConfigFile} cannot be read: {exception.Message}";
            return SettingSource.Empty(SettingOrigin.File);
        }
    }

    // Apart, because most base directories have none, and all that reads JSON would be loaded to see that.
    private SettingSource ReadThere() => new(SettingOrigin.File, Texts(Load(), ""));

    /// <summary>Deletes what writers that were killed have left beside the file.</summary>
    public void Sweep()
    {
        try
        {
            var target = Target;
            AtomicFile.Sweep(files, Path.GetDirectoryName(target)!, Path.GetFileName(target));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Whoever may not do that where the file is kept may not change the file either: what is left is another's, and in nobody's way.
        }
    }

    /// <summary>Keeps every other writer waiting until it is disposed, so that what is read, changed and written meanwhile loses nobody's change.</summary>
    /// <exception cref="IOException">Nothing can be written there, or nothing be locked, or another writer keeps it for a minute.</exception>
    /// <exception cref="UnauthorizedAccessException">Nothing may be written there.</exception>
    public IDisposable Hold()
    {
        files.CreateDirectory(Place);
        using var never = new ManualResetEventSlim();
        var begun = Stopwatch.GetTimestamp();
        IFileLock? taken;
        for (var isProven = false; (taken = files.TryLock(LockFile)) is null && Stopwatch.GetElapsedTime(begun) < Patience; never.Wait(Pause))
        {
            if (!isProven)
            {
                ProveWritable();
                ProveLockable();
                isProven = true;
            }
        }

        return taken is null ? throw new IOException($"{folder.ConfigFile} is being changed by another process, which has {LockFile}") : new Held(taken);
    }

    // A lock that cannot be made for want of rights, room or a file system that knows locks looks like one that another has.
    private void ProveLockable()
    {
        var probe = AtomicFile.TemporaryOf(Target);
        if (files.TryLock(probe) is not { } free)
        {
            files.Delete(probe);
            throw new IOException($"{folder.ConfigFile} cannot be changed: no file can be locked in {Place}");
        }

        free.DeleteAndRelease();
    }

    private void ProveWritable()
    {
        var probe = AtomicFile.TemporaryOf(Target);
        files.Create(probe, isPrivate: true).Dispose();
        files.Delete(probe);
    }

    /// <summary>Sets a setting, under whatever name it stands there. For whoever holds it.</summary>
    /// <exception cref="JsonException">The file is not JSON: it is left as it is.</exception>
    /// <exception cref="InvalidDataException">The file is no JSON object: it is left as it is.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Write(Setting setting, string text)
    {
        var root = Load();
        Remove(root, setting.NormalizedPaths);
        Set(root, setting.Path.Split('.'), ValueOf(setting, text));
        Replace(root, setting.IsSecret);
    }

    /// <summary>Takes out what stands under a name, and under the other names of its setting. For whoever holds it.</summary>
    /// <returns>False when nothing does; the file is left as it is.</returns>
    /// <exception cref="JsonException">The file is not JSON: it is left as it is.</exception>
    /// <exception cref="InvalidDataException">The file is no JSON object: it is left as it is.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public bool Remove(params IReadOnlyList<string> paths)
    {
        var root = Load();
        if (!Remove(root, paths))
        {
            return false;
        }

        Replace(root, holdsSecret: false);
        return true;
    }

    /// <summary>Whether something stands under one of these names.</summary>
    /// <exception cref="JsonException">The file is not JSON.</exception>
    /// <exception cref="InvalidDataException">The file is no JSON object.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public bool Has(IReadOnlyList<string> paths) => Remove(Load(), paths);

    // It keeps its owner and its mode, a new one is for the directory's owner alone, and a secret is never for everybody.
    private void Replace(JsonObject root, bool holdsSecret)
    {
        var target = Target;
        files.CreateDirectory(Path.GetDirectoryName(target)!);
        var rights = FileRights.OfPresentOrNew(target);
        AtomicFile.WriteShared(files, target, System.Text.Encoding.UTF8.GetBytes(Indented(root)), holdsSecret ? rights.WithoutOthers() : rights);
    }

    // Whose settings are kept elsewhere, and linked to, finds them changed there.
    private string Target => RealPath.Of(folder.ConfigFile);

    private string Place => Path.GetDirectoryName(Target)!;

    private string LockFile => Target + ".lock";

    private bool IsThere => files.Identify(folder.ConfigFile) is not null;

    private JsonObject Load()
    {
        if (!IsThere)
        {
            return [];
        }

        var bytes = WholeFile.Read(files, folder.ConfigFile).AsSpan();
        bytes = bytes.StartsWith("\uFEFF"u8) ? bytes["\uFEFF"u8.Length..] : bytes;
        return JsonNode.Parse(bytes, documentOptions: Lenient) as JsonObject ?? throw new InvalidDataException("it holds no JSON object");
    }

    private static IEnumerable<(string Name, string Path, string Text)> Texts(JsonObject members, string prefix)
    {
        foreach (var (name, value) in members)
        {
            var path = prefix + name;
            if (value is JsonObject inner)
            {
                foreach (var text in Texts(inner, path + "."))
                {
                    yield return text;
                }
            }
            else if (value is not null)
            {
                yield return ($"config.json: {path}", path, TextOf(value));
            }
        }
    }

    private static string TextOf(JsonNode value) => value is JsonArray items ? string.Join(',', items) : value.ToString();

    private static bool Remove(JsonObject root, IReadOnlyList<string> paths)
    {
        var before = root.ToJsonString();
        foreach (var path in paths)
        {
            Remove(root, SettingPath.Normalize(path));
        }

        return root.ToJsonString() != before;
    }

    private static void Remove(JsonObject members, string normalizedPath)
    {
        foreach (var (name, value) in members.ToList())
        {
            var path = SettingPath.Normalize(name);
            if (path == normalizedPath)
            {
                members.Remove(name);
            }
            else if (value is JsonObject inner && normalizedPath.StartsWith(path + ".", StringComparison.Ordinal))
            {
                Remove(inner, normalizedPath[(path.Length + 1)..]);
                if (inner.Count == 0)
                {
                    members.Remove(name);
                }
            }
        }
    }

    private static void Set(JsonObject members, ReadOnlySpan<string> path, JsonNode value)
    {
        while (path.Length > 1)
        {
            if (members[path[0]] is not JsonObject inner)
            {
                members[path[0]] = inner = [];
            }

            members = inner;
            path = path[1..];
        }

        members[path[0]] = value;
    }

    // Text stays text, also where it looks like a number: 007 is not 7.
    private static JsonValue ValueOf(Setting setting, string text) =>
        setting.IsText ? JsonValue.Create(text)
        : bool.TryParse(text, out var truth) ? JsonValue.Create(truth)
        : long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number)
        : JsonValue.Create(text);

    private static string Indented(JsonObject root)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            root.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private sealed class Held(IFileLock taken) : IDisposable
    {
        public void Dispose() => taken.DeleteAndRelease();
    }
}
