namespace TelemetryActors.Configuration;

/// <summary>A value as someone outside wrote it.</summary>
/// <param name="Name">Its name as written there, for messages: <c>TelemetryActors__Log__Fsync</c>.</param>
/// <param name="Text">What was written.</param>
internal sealed record SettingText(string Name, string Text)
{
    /// <summary>Whether it switches something off.</summary>
    public bool IsOff => SettingTypes.TryParseSwitch(Text, out var isOn) && !isOn;
}
