using Akka.Actor;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>Counts what it is told, and begins anew when it is asked.</summary>
internal sealed class CountingActor : ReceiveActor
{
    private int _count;

    public CountingActor()
    {
        Receive<byte[]>(_ => _count++);
        Receive<HowMany>(_ =>
        {
            Sender.Tell(_count);
            _count = 0;
        });
    }

    public static Props Props { get; } = Akka.Actor.Props.Create(() => new CountingActor());

    /// <summary>How many since the last time.</summary>
    internal sealed class HowMany
    {
        public static readonly HowMany Instance = new();
    }
}
