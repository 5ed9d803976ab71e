namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>Memory for files that the machine has touched: a file as large as what will be written, which goes when the clock starts.</summary>
/// <remarks>
/// A virtual machine that gives free memory back to its host pays for the first touch of each page, which is a third to a half of what it costs to write a line there. On a machine whose memory is its own nobody does.
/// </remarks>
internal sealed class Ballast
{
    private const int PieceBytes = 1 << 20;
    private const long LineBytes = 450;

    private readonly string _path;

    private Ballast(string path) => _path = path;

    public static Ballast Lay(string directory, long events)
    {
        var path = Path.Combine(Directory.CreateDirectory(directory).FullName, "ballast");
        var piece = new byte[PieceBytes];
        using var file = File.Create(path);
        for (var left = events * LineBytes; left > 0; left -= piece.Length)
        {
            file.Write(piece);
        }

        return new Ballast(path);
    }

    public void Free() => File.Delete(_path);
}
