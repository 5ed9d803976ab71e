using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TelemetryActors.Hosting;

/// <summary>Starts the client before any other service of the host starts (S2.68), and ends it after all of them have ended (S2.69).</summary>
/// <remarks>Ending writes the event log and fsyncs it first, and takes <see cref="TelemetryOptions.ShutdownBudget"/> at the most.</remarks>
internal sealed class TelemetryHostedService(IServiceProvider services) : IHostedLifecycleService
{
    private TelemetryClient? _client;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _client = services.GetRequiredService<TelemetryClient>();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (_client is { } client)
        {
            await client.DisposeAsync().ConfigureAwait(false);
        }
    }
}
