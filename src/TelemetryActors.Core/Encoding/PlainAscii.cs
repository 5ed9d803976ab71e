using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TelemetryActors.Encoding;

/// <summary>The part of a text that stands in a JSON string as it is.</summary>
internal static class PlainAscii
{
    /// <summary>Copies characters up to the first that needs an escape or is no ASCII, sixteen at a step.</summary>
    /// <param name="value">The text.</param>
    /// <param name="target">At least as long; what stands behind the copied bytes may be written over.</param>
    /// <returns>How many were copied.</returns>
    public static int Copy(ReadOnlySpan<char> value, Span<byte> target)
    {
        ref var source = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(value));
        ref var destination = ref MemoryMarshal.GetReference(target);
        var length = (nuint)value.Length;
        if (!Vector128.IsHardwareAccelerated || length < 8)
        {
            return CopySlowly(value, target);
        }

        if (length < 16)
        {
            // Two steps of eight that overlap cover any length between.
            var first = Vector128.LoadUnsafe(ref source);
            var last = Vector128.LoadUnsafe(ref source, length - 8);
            if ((NeedsEscape(first) | NeedsEscape(last)) != Vector128<ushort>.Zero)
            {
                return CopySlowly(value, target);
            }

            Unsafe.WriteUnaligned(ref destination, Vector128.Narrow(first, first).AsUInt64().ToScalar());
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref destination, length - 8), Vector128.Narrow(last, last).AsUInt64().ToScalar());
            return value.Length;
        }

        nuint done = 0;
        while (true)
        {
            var low = Vector128.LoadUnsafe(ref source, done);
            var high = Vector128.LoadUnsafe(ref source, done + 8);
            if ((NeedsEscape(low) | NeedsEscape(high)) != Vector128<ushort>.Zero)
            {
                return (int)done + CopySlowly(value[(int)done..], target[(int)done..]);
            }

            Vector128.Narrow(low, high).StoreUnsafe(ref destination, done);
            if (done + 16 == length)
            {
                return value.Length;
            }

            // The last step goes back over what is done already, so that it is a whole one.
            done = Math.Min(done + 16, length - 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> NeedsEscape(Vector128<ushort> chars) =>
        Vector128.GreaterThan(chars - Vector128.Create((ushort)0x20), Vector128.Create((ushort)(0x7e - 0x20)))
        | Vector128.Equals(chars, Vector128.Create((ushort)'"'))
        | Vector128.Equals(chars, Vector128.Create((ushort)'\\'));

    private static int CopySlowly(ReadOnlySpan<char> value, Span<byte> target)
    {
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c is < ' ' or > '~' or '"' or '\\')
            {
                return i;
            }

            target[i] = (byte)c;
        }

        return value.Length;
    }
}
