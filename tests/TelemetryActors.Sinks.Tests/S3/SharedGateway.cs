using TelemetryActors.TestKit.Servers;

namespace TelemetryActors.Sinks.Tests.S3;

/// <summary>A real S3 server, started when the first spec asks for it.</summary>
public sealed class SharedGateway : IDisposable
{
    private readonly Lazy<RadosGateway> _gateway = new(() => new RadosGateway());

    internal RadosGateway Gateway => _gateway.Value;

    public void Dispose()
    {
        if (_gateway.IsValueCreated)
        {
            _gateway.Value.Dispose();
        }
    }
}
