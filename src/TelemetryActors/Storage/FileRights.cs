using System.Runtime.InteropServices;

namespace TelemetryActors.Storage;

/// <summary>Who may read and write a file, for one that takes the place of another. Unix only: elsewhere nothing is changed.</summary>
/// <param name="Mode">What owner, group and others may do.</param>
/// <param name="Owner">Whose it is; null when that is not known.</param>
/// <param name="Group">The group that it belongs to; null when that is not known.</param>
internal sealed partial record FileRights(UnixFileMode Mode, uint? Owner, uint? Group)
{
    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>The rights of a file; when it is not there, those of one that only the owner of its directory may read.</summary>
    /// <exception cref="IOException">Nobody can look now.</exception>
    public static FileRights OfPresentOrNew(string path)
    {
        var isThere = File.Exists(path);
        var (owner, group) = FileStatus.OwnersOf(isThere ? path : Path.GetDirectoryName(path)!);
        return new FileRights(isThere && !OperatingSystem.IsWindows() ? File.GetUnixFileMode(path) : OwnerAlone, owner, group);
    }

    /// <summary>The same for a file that holds a secret: nothing for others.</summary>
    public FileRights WithoutOthers() => this with { Mode = Mode & ~Others };

    /// <summary>Gives them to a file that only its maker may read so far. Only root can give a file away; for anybody else it stays the maker's.</summary>
    /// <exception cref="IOException">The file system takes no such mode.</exception>
    public void GiveTo(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        if (OperatingSystem.IsLinux() && Owner is { } owner && Group is { } group)
        {
            // Refused to all but root where it would change anything: the file is its maker's then.
            _ = ChangeOwner(path, owner, group);
        }

        File.SetUnixFileMode(path, Mode);
    }

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint owner, uint group);
}
