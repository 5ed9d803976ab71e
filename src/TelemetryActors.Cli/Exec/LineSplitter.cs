using System.Text;

namespace TelemetryActors.Cli.Exec;

/// <summary>Cuts a stream of bytes into lines of text of bounded length.</summary>
/// <remarks>For one thread. Bytes that are not UTF-8 become U+FFFD; what exceeds the bound is left out and marked.</remarks>
internal sealed class LineSplitter(Action<string, bool> onLine)
{
    /// <summary>Bytes of one line that are kept.</summary>
    public const int MaxBytes = 8 * 1024;

    private readonly byte[] _line = new byte[MaxBytes];
    private int _count;
    private bool _isCut;
    private bool _isOpen;

    public long Lines { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var feed = bytes.IndexOf((byte)'\n');
            Keep(feed < 0 ? bytes : bytes[..feed]);
            if (feed < 0)
            {
                return;
            }

            EndLine();
            bytes = bytes[(feed + 1)..];
        }
    }

    /// <summary>The stream has ended: what is open is its last line.</summary>
    public void End()
    {
        if (_isOpen)
        {
            EndLine();
        }
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        var kept = part[..Math.Min(part.Length, MaxBytes - _count)];
        kept.CopyTo(_line.AsSpan(_count));
        _count += kept.Length;
        _isCut |= kept.Length < part.Length;
        _isOpen = true;
    }

    private void EndLine()
    {
        var line = _line.AsSpan(0, _count);
        if (!_isCut && line.EndsWith("\r"u8))
        {
            line = line[..^1];
        }

        onLine(System.Text.Encoding.UTF8.GetString(_isCut ? WithoutHalfCharacter(line) : line), _isCut);
        Lines++;
        (_count, _isCut, _isOpen) = (0, false, false);
    }

    private static ReadOnlySpan<byte> WithoutHalfCharacter(ReadOnlySpan<byte> line)
    {
        for (var back = 1; back <= 3 && back < line.Length; back++)
        {
            var status = Rune.DecodeFromUtf8(line[^back..], out _, out _);
            if (status == System.Buffers.OperationStatus.NeedMoreData)
            {
                return line[..^back];
            }
        }

        return line;
    }
}
