using TelemetryActors.TestKit.Conformance;
using TelemetryActors.TestKit.Servers;

namespace TelemetryActors.Tests.Sinks;

/// <summary>A sink that posts to a server of this process, which fails, works and hangs when it is told to.</summary>
public abstract class LoopbackConformance : SinkConformance, IDisposable
{
    /// <summary>Where the sink posts to.</summary>
    protected LoopbackHttpServer Server { get; } = new();

    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool isDisposing) => Server.Dispose();

    protected override bool TryBreak()
    {
        Server.AnswerWith(500);
        return true;
    }

    protected override bool TryMend()
    {
        Server.AnswerWith(200);
        return true;
    }

    protected override IDisposable TryHang() => Server.Hold();
}
