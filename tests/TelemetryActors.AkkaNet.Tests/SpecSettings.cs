using Akka.Configuration;

namespace TelemetryActors.AkkaNet.Tests;

/// <summary>What every spec with an actor system of its own sets: it writes nothing, and waits as long as a starved machine takes.</summary>
internal static class SpecSettings
{
    /// <summary>A fallback: what a spec sets itself wins.</summary>
    /// <remarks>What comes is not waited for, so patience costs nothing. The factor is for what a kit waits for by itself: its own actors.</remarks>
    public static Config Quiet { get; } = ConfigurationFactory.ParseString("""
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          logger-startup-timeout = 60s
          test {
            timefactor = 5
            single-expect-default = 60s
          }

          # What a journal has not done in ten seconds counts as failed, and ends the actor that asked for it.
          persistence {
            journal-plugin-fallback.circuit-breaker.call-timeout = 5m
            snapshot-store-plugin-fallback.circuit-breaker.call-timeout = 5m
          }
        }
        """);

    /// <summary>Of a host whose telemetry has all the time to end: what is looked for behind its end was not cut off by a starved machine.</summary>
    public const string PatientEnd = "akka.coordinated-shutdown.phases.before-actor-system-terminate.timeout = 90s";

    /// <summary>Of a member of a cluster over loopback: nobody is given up because a machine was slow, and who leaves has the time to take leave.</summary>
    public const string Member = PatientEnd + "\n" + """
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          actor.provider = cluster
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
          remote.watch-failure-detector.acceptable-heartbeat-pause = 60s
          cluster.failure-detector.acceptable-heartbeat-pause = 60s
          coordinated-shutdown {
            default-phase-timeout = 60s
            phases.cluster-exiting.timeout = 60s
          }
        }
        """;
}
