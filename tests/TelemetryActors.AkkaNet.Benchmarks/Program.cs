using TelemetryActors.AkkaNet.Benchmarks;

return await CommandLine.RunAsync(args);
