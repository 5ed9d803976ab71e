using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TelemetryActors;
using TelemetryActors.Hosting;
using TelemetryActors.Recording;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Telemetry for any .NET host.</summary>
public static class TelemetryServiceCollectionExtensions
{
    /// <summary>
    /// Adds one <see cref="TelemetryClient"/>, which is the host's <see cref="IRecorder"/> too: it starts before all other services and ends after them.
    /// </summary>
    /// <remarks>
    /// Settings come from the section <c>TelemetryActors</c> of the host's configuration, over what the code sets. Faults in code stop the host
    /// with an <see cref="OptionsValidationException"/> that lists them all. Called again, it only configures further.
    /// </remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Adds sinks and sets options: <c>t => t.AddConsole().AddHttp(address)</c>.</param>
    public static IServiceCollection AddTelemetryActors(this IServiceCollection services, Action<TelemetryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (configure is not null)
        {
            services.Configure(configure);
        }

        if (services.Any(service => service.ServiceType == typeof(TelemetryClient)))
        {
            return services;
        }

        services.AddOptions<TelemetryOptions>().PostConfigure<IServiceProvider>(TakeFromHost).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidation>());
        services.AddSingleton(provider => TelemetryClient.Start(provider.GetRequiredService<IOptions<TelemetryOptions>>().Value));
        services.TryAddSingleton<IRecorder>(provider => provider.GetRequiredService<TelemetryClient>());
        services.AddHostedService<TelemetryHostedService>();
        return services;
    }

    private static void TakeFromHost(TelemetryOptions options, IServiceProvider provider)
    {
        options.Agent ??= provider.GetService<IHostEnvironment>()?.ApplicationName;
        if (provider.GetService<IConfiguration>() is { } configuration)
        {
            options.Outside = [.. options.Outside, .. HostSettings.Read(configuration)];
        }

        options.ConfigureInHost?.Invoke(options, provider);
        options.OnFailure = new FailureLog(provider, options.Time).Beside(options.OnFailure);
    }
}
