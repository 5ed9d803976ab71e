using System.Text.Json;
using TelemetryActors.Configuration;

namespace TelemetryActors.Cli.Config;

/// <summary>Settings as text for people and as JSON.</summary>
internal static class ConfigText
{
    /// <summary>An origin in words.</summary>
    public static string NameOf(SettingOrigin origin) => origin switch
    {
        SettingOrigin.AppSettings => "appsettings",
        SettingOrigin.File => "config.json",
        SettingOrigin.CommandLine => "command line",
        SettingOrigin.RunTime => "run time",
        _ => origin.ToString().ToLowerInvariant(),
    };

    /// <summary>Every setting: a line each, or one JSON object with the faults as well.</summary>
    public static void WriteAll(TextWriter output, ResolvedSettings settings, bool json)
    {
        if (json)
        {
            output.WriteLine(Json(writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("settings");
                foreach (var value in settings.Values)
                {
                    Write(writer, value);
                }

                writer.WriteEndArray();
                writer.WriteStartArray("faults");
                foreach (var fault in settings.Faults)
                {
                    writer.WriteStringValue(fault);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }));
            return;
        }

        var nameWidth = settings.Values.Max(value => value.Path.Length);
        var valueWidth = settings.Values.Max(value => Shown(value).Length);
        foreach (var value in settings.Values)
        {
            output.WriteLine($"{value.Path.PadRight(nameWidth)}  {Shown(value).PadRight(valueWidth)}  {NameOf(value.Origin)}");
        }
    }

    /// <summary>One setting: its value alone, or a JSON object.</summary>
    public static void WriteOne(TextWriter output, SettingValue value, bool json) =>
        output.WriteLine(json ? Json(writer => Write(writer, value)) : value.Value ?? "");

    private static string Shown(SettingValue value) => value.Value ?? "-";

    private static void Write(Utf8JsonWriter writer, SettingValue value)
    {
        writer.WriteStartObject();
        writer.WriteString("path", value.Path);
        writer.WriteString("value", value.Value);
        writer.WriteString("origin", NameOf(value.Origin));
        writer.WriteEndObject();
    }

    /// <summary>A JSON value as text.</summary>
    public static string Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
