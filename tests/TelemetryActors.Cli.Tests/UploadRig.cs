using TelemetryActors.TestKit.Servers;

namespace TelemetryActors.Cli;

/// <summary>The program with a base directory of its own, and a server that its uploads may go to.</summary>
internal sealed class UploadRig : IDisposable
{
    public TelemetryProgram Program { get; } = new();

    public LoopbackHttpServer Server { get; } = new();

    public void Dispose()
    {
        Server.Dispose();
        Program.Dispose();
    }
}
