using TelemetryActors.Cli;

return await Face.RunAsync(args);
