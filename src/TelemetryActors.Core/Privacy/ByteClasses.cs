using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TelemetryActors.Privacy;

/// <summary>Classifies the bytes of a window by looking both nibbles of each byte up in tables of 16.</summary>
/// <remarks>A class is a bit; a byte has it when the tables of both its nibbles do. Three tables side by side find three bytes in a row.</remarks>
internal static class ByteClasses
{
    /// <summary>Bytes that are classified at once.</summary>
    public const int Window = 64;

    /// <summary>Bytes that are read: a credential's begin may reach beyond the window.</summary>
    public const int Needed = Window + 2;

    // One character for each nibble.
    private const string Any = "\0\u0011\"3DUfw\u0088\u0099\u00aa\u00bb\u00cc\u00dd\u00ee\u00ff";

    // The classes of Single, bit by bit: digits, separators, and a bit for each mark: in one, their nibbles would mix.
    private const byte Digit = 1;
    private const byte Separator = 2;

    private static readonly Vector256<byte>[] Single = Tables("0123456789", " -.()+/%", "@", "=", "%");

    // Bit by bit: AKIA ASIA AIza AGE- ya29., be-are-r, gh?_ github_pat_ gl??-, PEM and options, xox?- xapp-, sk- sk_ rk_ hf_ d-op_-v1, npm_ pypi-, eyJ SG. hoo-ks.-slack.
    private static readonly Vector256<byte>[] First = Tables("Ay", "rR", "g", Any, "x", "srho", "np", "eSk");
    private static readonly Vector256<byte>[] Second = Tables("KSIGa", "eE", "hil", "-", "oa", "kfp", "py", "yGs");
    private static readonly Vector256<byte>[] Third = Tables("Iz2E", "rR", "posutrd", "-", "xp", "-_", "mp", "J.");

    /// <summary>Classifies the 64 bytes from <paramref name="window"/> on.</summary>
    public static void Read(ref byte window, out ByteMasks masks)
    {
        ReadHalf(ref window, out var low);
        ReadHalf(ref Unsafe.Add(ref window, 32), out var high);
        masks.Digits = low.Digits | (high.Digits << 32);
        masks.Separators = low.Separators | (high.Separators << 32);
        masks.Marks = low.Marks | (high.Marks << 32);
        masks.Prefixes = low.Prefixes | (high.Prefixes << 32);
        masks.Colons = low.Colons | (high.Colons << 32);
        masks.Wide = low.Wide | (high.Wide << 32);
        masks.Escapes = low.Escapes | (high.Escapes << 32);
    }

    /// <summary>Whether a byte is a digit or may stand between two.</summary>
    public static bool IsNumberPart(byte b) =>
        b >= 0x80 || (Single[0][b & 15] & Single[1][b >> 4] & (Digit | Separator)) != 0;

    /// <summary>Whether a byte is a letter, a digit or an underscore of ASCII.</summary>
    public static bool IsWord(byte b) => char.IsAsciiLetterOrDigit((char)b) || b == '_';

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReadHalf(ref byte start, out ByteMasks masks)
    {
        var bytes = Vector256.LoadUnsafe(ref start);
        var classes = Classify(Single, bytes);
        var second = Vector256.LoadUnsafe(ref start, 1);
        var third = Vector256.LoadUnsafe(ref start, 2);
        var keys = Classify(First, bytes) & Classify(Second, second) & Classify(Third, third);

        // A colon behind a quote without a backslash is JSON's own.
        var escapes = Vector256.Equals(bytes, Vector256.Create((byte)'\\'));
        var colons = Vector256.Equals(third, Vector256.Create((byte)':'))
            & (~Vector256.Equals(second, Vector256.Create((byte)'"')) | escapes);

        masks.Digits = (classes << 7).ExtractMostSignificantBits();
        masks.Separators = ((classes << 6) | bytes).ExtractMostSignificantBits();
        masks.Wide = bytes.ExtractMostSignificantBits();
        masks.Marks = ((classes << 5) | (classes << 4) | (classes << 3)).ExtractMostSignificantBits();
        masks.Escapes = (escapes & (Vector256.Equals(second, Vector256.Create((byte)'\\')) | Vector256.Equals(second, Vector256.Create((byte)'t')))).ExtractMostSignificantBits();
        masks.Colons = colons.ExtractMostSignificantBits();
        masks.Prefixes = (~Vector256.Equals(keys, Vector256<byte>.Zero)).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Classify(Vector256<byte>[] tables, Vector256<byte> bytes)
    {
        var nibble = Vector256.Create((byte)0x0F);
        return Lookup(tables[0], bytes & nibble) & Lookup(tables[1], (bytes >> 4) & nibble);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Lookup(Vector256<byte> table, Vector256<byte> nibbles) => Avx2.IsSupported
        ? Avx2.Shuffle(table, nibbles)
        : Vector256.Create(
            Vector128.Shuffle(table.GetLower(), nibbles.GetLower()),
            Vector128.Shuffle(table.GetUpper(), nibbles.GetUpper()));

    private static Vector256<byte>[] Tables(params string[] classes)
    {
        var low = new byte[16];
        var high = new byte[16];
        for (var i = 0; i < classes.Length; i++)
        {
            foreach (var c in classes[i])
            {
                low[c & 15] |= (byte)(1 << i);
                high[c >> 4] |= (byte)(1 << i);
            }
        }

        var lows = Vector128.LoadUnsafe(ref low[0]);
        var highs = Vector128.LoadUnsafe(ref high[0]);
        return [Vector256.Create(lows, lows), Vector256.Create(highs, highs)];
    }
}
