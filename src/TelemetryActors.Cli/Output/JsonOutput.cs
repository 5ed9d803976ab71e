using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TelemetryActors.Cli.Output;

/// <summary>Writes JSON values to standard output, each on a line of its own.</summary>
internal sealed class JsonOutput : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Stream _output = StandardOutput.Open();

    public void Write(Action<Utf8JsonWriter> value)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line, Options))
        {
            value(json);
        }

        line.Write("\n"u8);
        _output.Write(line.WrittenSpan);
    }

    public void Dispose() => _output.Dispose();
}
