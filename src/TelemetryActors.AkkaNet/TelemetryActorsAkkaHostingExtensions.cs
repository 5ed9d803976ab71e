using Akka.Actor;
using Akka.DependencyInjection;
using Akka.Event;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TelemetryActors;
using TelemetryActors.AkkaNet;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Delivery;
using TelemetryActors.Hosting;

namespace Akka.Hosting;

/// <summary>Adds TelemetryActors to an actor system.</summary>
public static class TelemetryActorsAkkaHostingExtensions
{
    /// <summary>Starts the telemetry with the system and drains it before the system ends.</summary>
    /// <remarks>
    /// The host's client is used where there is one: <c>services.AddTelemetryActors(t => t.RunOnActors())</c>. Otherwise one is started, with the settings of the host's
    /// section <c>TelemetryActors</c> over what the code sets, and <see cref="SystemTelemetry.For"/> gives it. <see cref="IRequiredActor{TActor}"/> of
    /// <see cref="TelemetryKey"/> is the root of the telemetry's actors, of <see cref="RunsKey"/> who takes what is told to runs.
    /// What fails inside the telemetry stands in the host's log, category <c>TelemetryActors</c>, or in the system's.
    /// The telemetry ends with the system: register services whose last words count after <c>AddAkka</c>, so that the host ends them before it.
    /// </remarks>
    /// <param name="builder">The system's builder.</param>
    /// <param name="configure">Changes what the telemetry does; null leaves the recommended defaults. Where the host has its client, its own configuration has the word.</param>
    /// <exception cref="InvalidOperationException">At start: called twice, or with a configuration beside the host's own client.</exception>
    public static AkkaConfigurationBuilder WithTelemetryActors(this AkkaConfigurationBuilder builder, Action<TelemetryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithTelemetry((system, resolver) => SystemTelemetry.Attach(system, () => ClientOf(system, resolver, configure)));
    }

    /// <summary>Has the system's telemetry begin, and registers who stands for it.</summary>
    internal static AkkaConfigurationBuilder WithTelemetry(this AkkaConfigurationBuilder builder, Func<ActorSystem, IDependencyResolver, SystemTelemetry> begin) =>
        builder
            .AddHocon(EngineSettings.Reference, HoconAddMode.Append)

            // Before the system is there: who adds settings to one that runs, while another thread does, may lose those of the other.
            .AddHocon(Persistence.Persistence.DefaultConfig(), HoconAddMode.Append)
            .StartActors((system, registry, resolver) =>
            {
                var telemetry = begin(system, resolver);
                registry.Register<TelemetryKey>(telemetry.Guardian, overwrite: true);
                registry.Register<RunsKey>(telemetry.Guardian, overwrite: true);
            });

    /// <summary>Starts a client of the system's own.</summary>
    internal static TelemetryClient Start(ActorSystem system, IDependencyResolver resolver, Action<TelemetryOptions>? configure)
    {
        var options = new TelemetryOptions();
        configure?.Invoke(options);
        options.Agent ??= resolver.GetService<IHostEnvironment>()?.ApplicationName;
        if (resolver.GetService<IConfiguration>() is { } configuration)
        {
            options.Outside = [.. options.Outside, .. HostSettings.Read(configuration)];
        }

        options.OnFailure = Logged(system, resolver, options);
        return TelemetryClient.Start(options.RunOnActors(system));
    }

    private static TelemetryClient ClientOf(ActorSystem system, IDependencyResolver resolver, Action<TelemetryOptions>? configure)
    {
        if (resolver.GetService<TelemetryClient>() is not { } hosts)
        {
            return Start(system, resolver, configure);
        }

        return configure is null
            ? hosts
            : throw new InvalidOperationException("This host has a telemetry client of its own: configure it where services.AddTelemetryActors is called, not in WithTelemetryActors.");
    }

    // The host's log, or the system's where the host has none; beside the listener that the service has set.
    private static Action<TelemetryFailure> Logged(ActorSystem system, IDependencyResolver resolver, TelemetryOptions options)
    {
        if (resolver.GetService<ILoggerFactory>() is not null)
        {
            return new FailureLog(resolver.GetService<IServiceProvider>(), options.Time).Beside(options.OnFailure);
        }

        var listener = options.OnFailure;
        return failure =>
        {
            system.Log.Warning(failure.Exception is { } thrown ? CleanException.Of(thrown) : null, "telemetry, {0}: {1}", failure.Where, CleanCause.Of(failure.Message));
            listener?.Invoke(failure);
        };
    }
}
