namespace TelemetryActors.TestKit.Servers;

/// <summary>Holds back a server's answers until it is disposed.</summary>
internal sealed class HeldGate(SemaphoreSlim gate) : IDisposable
{
    public void Dispose() => gate.Release();
}
