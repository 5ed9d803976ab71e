using System.Text.Encodings.Web;
using System.Text.Json;

namespace TelemetryActors.Cli.Output;

/// <summary>Text from events made safe to show: no control character of it reaches a terminal.</summary>
internal static class PlainText
{
    public static string Of(string text) =>
        text.Any(char.IsControl) ? JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString() : text;
}
