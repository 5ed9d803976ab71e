namespace ChatAlerts;

/// <summary>Which events become messages, and where they go.</summary>
public sealed class ChatAlertsOptions
{
    /// <summary>The chat's incoming webhook. It is a secret: whoever has it can write there, so no reason ever shows it.</summary>
    public required Uri Webhook { get; set; }

    /// <summary>The levels that are worth a message; every event when empty.</summary>
    public ISet<string> Levels { get; } = new HashSet<string>(["warning", "error", "critical"], StringComparer.OrdinalIgnoreCase);
}
