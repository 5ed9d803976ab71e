using System.Runtime.InteropServices;

namespace TelemetryActors.Cli.Output;

/// <summary>Does something before a signal ends the process, which it does all the same unless somebody else takes the signal.</summary>
internal sealed class EndOfProcess : IDisposable
{
    private static readonly PosixSignal[] Ends = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];

    private readonly PosixSignalRegistration[] _registrations;

    /// <param name="before">What is done, on a thread of the runtime's.</param>
    public EndOfProcess(Action before) => _registrations = [.. Ends.Select(signal => PosixSignalRegistration.Create(signal, _ => before()))];

    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());
}
