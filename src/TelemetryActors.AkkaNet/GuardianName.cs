using System.Runtime.CompilerServices;
using Akka.Actor;

namespace TelemetryActors.AkkaNet;

/// <summary>Names the roots of a system's pipelines: <c>telemetry</c>, then <c>telemetry-2</c> and so on, so that several clients run on one system.</summary>
internal static class GuardianName
{
    private static readonly ConditionalWeakTable<ActorSystem, StrongBox<int>> Counts = [];

    public static string Next(ActorSystem system) =>
        Interlocked.Increment(ref Counts.GetOrCreateValue(system).Value) is var number && number == 1 ? "telemetry" : $"telemetry-{number}";
}
