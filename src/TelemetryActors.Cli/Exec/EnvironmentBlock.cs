using System.Runtime.InteropServices;

namespace TelemetryActors.Cli.Exec;

/// <summary>The environment of a child: this process's own bytes as they are, with some variables set anew.</summary>
internal sealed class EnvironmentBlock : IDisposable
{
    private readonly List<nint> _owned = [];

    public EnvironmentBlock(IReadOnlyDictionary<string, string> changes)
    {
        List<nint> entries = [];
        var inherited = Marshal.ReadIntPtr(NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "environ"));
        for (var at = inherited; at != 0 && Marshal.ReadIntPtr(at) is var entry && entry != 0; at += nint.Size)
        {
            var text = Marshal.PtrToStringUTF8(entry) ?? "";
            if (!changes.Keys.Any(name => text.StartsWith(name + "=", StringComparison.Ordinal)))
            {
                entries.Add(entry);
            }
        }

        entries.AddRange(changes.Select(change => Own($"{change.Key}={change.Value}")));
        Pointers = [.. entries, 0];
    }

    public nint[] Pointers { get; }

    public void Dispose() => _owned.ForEach(Marshal.FreeCoTaskMem);

    private nint Own(string text)
    {
        var pointer = Marshal.StringToCoTaskMemUTF8(text);
        _owned.Add(pointer);
        return pointer;
    }
}
