using System.Diagnostics;
using TelemetryActors.Processes;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Storage;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
public sealed class DiskFilePlainSpec : IDisposable
{
    // As a file server has it: it gives the lease back when the kernel tells it of somebody else. Its own file: a lease is only for who alone has it open.
    private const string Lease =
        """
        import fcntl, os, signal, sys
        file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
        os.write(file, b"content")
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGIO])
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        print("leased", flush=True)
        signal.sigwait([signal.SIGIO])
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        """;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("plain-");

    public void Dispose() => _root.Delete(recursive: true);

    [FactNeeding("python3")]
    public void A_file_that_a_file_server_has_a_lease_on_is_opened_once_it_gives_it_back()
    {
        var path = Path.Combine(_root.FullName, "leased");
        using var holder = Process.Start(new ProcessStartInfo("python3", ["-c", Lease, path]) { RedirectStandardOutput = true })!;
        Assert.Equal("leased", holder.StandardOutput.ReadLine());

        using (var file = DiskFileSystem.Instance.OpenPlain(path, writable: false))
        {
            Assert.Equal(7, file.Identity.Length);
        }

        ProcessEnd.WaitFor(holder);
        Assert.Equal(0, holder.ExitCode);
    }

    [FactNeeding("mkfifo")]
    public void A_pipe_is_no_plain_file_and_holds_nobody()
    {
        var path = Path.Combine(_root.FullName, "pipe");
        using (var making = Process.Start("mkfifo", path))
        {
            ProcessEnd.WaitFor(making);
        }

        var refused = Assert.Throws<IOException>(() => DiskFileSystem.Instance.OpenPlain(path, writable: false));

        Assert.Equal($"{path} is no plain file.", refused.Message);
    }
}
