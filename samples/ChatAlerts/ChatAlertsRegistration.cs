using TelemetryActors;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace ChatAlerts;

/// <summary>Adds chat alerts to a client's options.</summary>
public static class ChatAlertsRegistration
{
    /// <summary>The sink's name: of its state, its commands and its dead letters.</summary>
    public const string Name = "chat";

    /// <summary>Posts warnings and errors to a chat, from now on.</summary>
    public static TelemetryOptions AddChatAlerts(this TelemetryOptions options, Uri webhook, Action<ChatAlertsOptions>? configure = null)
    {
        var chat = new ChatAlertsOptions { Webhook = webhook };
        configure?.Invoke(chat);
        return options.AddSink(Define(chat));
    }

    /// <summary>The sink as a pipeline runs it.</summary>
    public static SinkDefinition Define(ChatAlertsOptions options)
    {
        var policy = SinkPolicies.Custom with
        {
            FlushEvents = 20,
            FlushInterval = TimeSpan.FromSeconds(10),
            WhenExhausted = WhenExhausted.Discard,
            Privacy = PrivacyPolicy.Strip,
        };
        return new SinkDefinition(Name, policy, _ => new ChatAlertsSink(options)) { StartsAtTail = true };
    }
}
