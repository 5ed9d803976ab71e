namespace TelemetryActors.Sqlite;

/// <summary>What a statement's parameters hold: null at first, and from row to row what was bound last, because a reset leaves it.</summary>
internal sealed class BoundValues
{
    private const int MaxText = 128;

    // No text is known of a parameter that is null or holds something else.
    private readonly byte[]?[] _texts = new byte[]?[64];
    private readonly int[] _lengths = new int[64];
    private ulong _others;

    /// <summary>Whether a parameter is null.</summary>
    public bool IsNull(int index) => (_others & Bit(index)) == 0;

    /// <summary>Whether it holds this text.</summary>
    public bool Is(int index, ReadOnlySpan<byte> text) => _lengths[index] == text.Length && text.Length > 0 && text.SequenceEqual(_texts[index].AsSpan(0, text.Length));

    /// <summary>It holds a value that is not kept here.</summary>
    public void Forget(int index)
    {
        _others |= Bit(index);
        _lengths[index] = 0;
    }

    /// <summary>It holds this text; a long one is not kept.</summary>
    public void Keep(int index, ReadOnlySpan<byte> text)
    {
        if (text.Length <= MaxText)
        {
            text.CopyTo(_texts[index] ??= new byte[MaxText]);
            _lengths[index] = text.Length;
        }
    }

    /// <summary>It is null.</summary>
    public void KeepNull(int index)
    {
        _others &= ~Bit(index);
        _lengths[index] = 0;
    }

    private static ulong Bit(int index) => 1UL << index;
}
