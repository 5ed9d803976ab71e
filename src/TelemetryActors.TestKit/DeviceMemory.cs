using TelemetryActors.Storage;

namespace TelemetryActors.TestKit;

/// <summary>What a device has of the files that were written through a <see cref="FaultyFileSystem"/>: the bytes at their last fsync, and the names at their directory's.</summary>
/// <remarks>
/// Thread-safe. What an fsync failed for never reaches the device: a later success proves nothing of it. Deleting and renaming reach it at once, which a
/// real device may do as well.
/// </remarks>
internal sealed class DeviceMemory
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(ulong, ulong), byte[]> _contents = [];
    private readonly HashSet<(ulong, ulong)> _doubtful = [];
    private readonly Dictionary<string, (ulong, ulong)> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public void Created(string path, FileIdentity file)
    {
        lock (_gate)
        {
            Forget(path);
            _contents[Key(file)] = [];
            _doubtful.Remove(Key(file));
            _files[path] = Key(file);
        }
    }

    public void Deleted(string path)
    {
        lock (_gate)
        {
            Forget(path);
        }
    }

    public void Renamed(string source, string target)
    {
        lock (_gate)
        {
            Forget(target);
            if (_files.Remove(source, out var file))
            {
                _files[target] = file;
                _names.Remove(source);
                _names.Add(target);
            }
        }
    }

    public void Synced(IStorageFile file)
    {
        lock (_gate)
        {
            var key = Key(file.Identity);
            if (_contents.ContainsKey(key) && !_doubtful.Contains(key))
            {
                var content = new byte[file.Identity.Length];
                _contents[key] = content[..file.Read(content, 0)];
            }
        }
    }

    public void SyncFailed(FileIdentity file)
    {
        lock (_gate)
        {
            _doubtful.Add(Key(file));
        }
    }

    public void DirectorySynced(string directory)
    {
        lock (_gate)
        {
            _names.UnionWith(_files.Keys.Where(path => Path.GetDirectoryName(path) == directory));
        }
    }

    /// <summary>Leaves each file as the death of the machine may leave it.</summary>
    public void Reboot(Random random)
    {
        lock (_gate)
        {
            foreach (var (path, file) in _files.OrderBy(entry => entry.Key, StringComparer.Ordinal).ToList())
            {
                if (!File.Exists(path))
                {
                    Forget(path);
                }
                else if (!_names.Contains(path) && random.Next(2) == 0)
                {
                    File.Delete(path);
                    Forget(path);
                }
                else if (random.Next(2) == 0)
                {
                    Restore(path, _contents[file], random);
                }
            }

            // What is there now is all that the device has.
            foreach (var (path, file) in _files)
            {
                _contents[file] = File.ReadAllBytes(path);
                _names.Add(path);
            }

            _doubtful.Clear();
        }
    }

    // Of what came behind the last fsync some may have arrived.
    private static void Restore(string path, byte[] content, Random random)
    {
        var now = File.ReadAllBytes(path);
        var more = now.Length > content.Length ? now[content.Length..(content.Length + random.Next(now.Length - content.Length + 1))] : [];
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(file, content, 0);
        RandomAccess.Write(file, more, content.Length);
        RandomAccess.SetLength(file, content.Length + more.Length);
    }

    private void Forget(string path)
    {
        if (_files.Remove(path, out var file))
        {
            _contents.Remove(file);
            _doubtful.Remove(file);
        }

        _names.Remove(path);
    }

    private static (ulong, ulong) Key(FileIdentity file) => (file.Device, file.Inode);
}
