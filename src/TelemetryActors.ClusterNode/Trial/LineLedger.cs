using System.Buffers.Binary;
using System.Security.Cryptography;
using TelemetryActors.Encoding;

namespace TelemetryActors.ClusterNode.Trial;

/// <summary>Lines by their id, as fingerprints of their bytes.</summary>
internal sealed class LineLedger
{
    private readonly Dictionary<string, Dictionary<string, ulong>> _byInstance = new(StringComparer.Ordinal);

    /// <summary>Different ids.</summary>
    public long Distinct { get; private set; }

    /// <summary>Lines whose id had been there before, with the same bytes.</summary>
    public long Repeated { get; private set; }

    /// <summary>Lines whose id had been there before, with other bytes.</summary>
    public long Changed { get; private set; }

    public void Add(in EventLine line)
    {
        var (instance, number) = Split(line.Id ?? "");
        if (!_byInstance.TryGetValue(instance, out var lines))
        {
            _byInstance[instance] = lines = new Dictionary<string, ulong>(StringComparer.Ordinal);
        }

        var print = Fingerprint(line.Bytes.Span);
        if (lines.TryAdd(number, print))
        {
            Distinct++;
        }
        else if (lines[number] == print)
        {
            Repeated++;
        }
        else
        {
            Changed++;
        }
    }

    /// <summary>How many of these lines another ledger has not, or has with other bytes.</summary>
    public (long Missing, long Changed) Against(LineLedger other)
    {
        var (missing, changed) = (0L, 0L);
        foreach (var (instance, lines) in _byInstance)
        {
            var there = other._byInstance.GetValueOrDefault(instance) ?? [];
            foreach (var (number, print) in lines)
            {
                if (!there.TryGetValue(number, out var found))
                {
                    missing++;
                }
                else if (found != print)
                {
                    changed++;
                }
            }
        }

        return (missing, changed);
    }

    private static (string Instance, string Number) Split(string id) => id.LastIndexOf('-') is var hyphen and >= 0 ? (id[..hyphen], id[(hyphen + 1)..]) : ("", id);

    private static ulong Fingerprint(ReadOnlySpan<byte> line)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(line, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
