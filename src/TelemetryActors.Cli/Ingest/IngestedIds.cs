using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Ingest;

/// <summary>The ids of the last <see cref="Window"/> events that were ingested into a base directory, as 8 bytes of hash each, in <c>state/ingest-ids</c>; those of refused lines in <c>state/ingest-refused</c>.</summary>
/// <remarks>What is fed again within that window is a duplicate. Written after the events are durable; <see cref="UnsavedIds"/> has those of a crash in between.</remarks>
internal sealed class IngestedIds(IFileSystem files, string path)
{
    public const int Window = 1_000_000;

    private const int HashBytes = 8;

    private readonly HashSet<ulong> _known = [];
    private readonly Queue<ulong> _order = new();
    private readonly List<ulong> _fresh = [];

    public void Load()
    {
        if (files.Identify(path) is not { } there)
        {
            return;
        }

        using var file = files.Open(path, writable: true);
        var whole = there.Length - (there.Length % HashBytes);
        if (whole != there.Length)
        {
            file.Truncate(whole);
        }

        var from = Math.Max(whole - ((long)Window * HashBytes), 0);
        var bytes = new byte[whole - from];
        file.Read(bytes, from);
        foreach (var hash in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            Remember(BitConverter.IsLittleEndian ? hash : BinaryPrimitives.ReverseEndianness(hash));
        }
    }

    /// <summary>What an id is known by.</summary>
    public static ulong HashOf(string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(id), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <summary>Whether the id of this hash was ingested before.</summary>
    public bool Knows(ulong hash) => _known.Contains(hash);

    /// <summary>Takes an id.</summary>
    /// <returns>False when it was ingested before.</returns>
    public bool TryAdd(string id) => TryAdd(HashOf(id));

    /// <summary>Takes the id of this hash.</summary>
    /// <returns>False when it was ingested before.</returns>
    public bool TryAdd(ulong hash)
    {
        if (!Remember(hash))
        {
            return false;
        }

        _fresh.Add(hash);
        return true;
    }

    /// <summary>Keeps what was taken since the last time; the file is cut to the window once it holds twice as much.</summary>
    /// <returns>False when there was nothing.</returns>
    public bool Save()
    {
        if (_fresh.Count == 0)
        {
            return false;
        }

        var length = files.Identify(path)?.Length ?? 0;
        if (length / HashBytes >= 2 * Window)
        {
            AtomicFile.Write(files, path, Bytes([.. _order]));
        }
        else
        {
            using var file = length == 0 && files.Identify(path) is null ? files.Create(path) : files.Open(path, writable: true);
            file.Write(Bytes([.. _fresh]), length);
            file.Sync();
        }

        _fresh.Clear();
        return true;
    }

    private bool Remember(ulong hash)
    {
        if (!_known.Add(hash))
        {
            return false;
        }

        _order.Enqueue(hash);
        if (_order.Count > Window)
        {
            _known.Remove(_order.Dequeue());
        }

        return true;
    }

    private static byte[] Bytes(ulong[] hashes)
    {
        var bytes = new byte[hashes.Length * HashBytes];
        for (var i = 0; i < hashes.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * HashBytes), hashes[i]);
        }

        return bytes;
    }
}
