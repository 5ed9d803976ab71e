namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>One cold start.</summary>
/// <param name="Process">From starting the process to its word that the first event was accepted.</param>
/// <param name="Library">From asking for the contender to the first accepted event, inside the process.</param>
/// <param name="Methods">Methods that were compiled for it on the caller's thread: unlike a time, the same on a busy machine.</param>
/// <param name="AllMethods">Methods that were compiled by then on all threads.</param>
internal sealed record StartUpResult(TimeSpan Process, TimeSpan Library, long Methods, long AllMethods);
