using System.Buffers;
using System.Text.Json;
using TelemetryActors.Storage;

namespace TelemetryActors.Configuration;

/// <summary><c>state/device.json</c> of a base directory: made once, readable by its owner only.</summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="files">Where it is kept.</param>
/// <param name="baseDirectory">The base directory.</param>
/// <param name="givenId">The id that the owner has set; null: the file's.</param>
internal sealed class DeviceIdentityFile(IFileSystem files, string baseDirectory, string? givenId)
{
    private readonly string _path = Path.Combine(baseDirectory, "state", "device.json");
    private readonly Lock _gate = new();
    private DeviceIdentity? _identity;

    /// <summary>Who this installation is; made when nobody has asked before.</summary>
    /// <exception cref="IOException">The disk refuses, or another process is making it at this moment.</exception>
    /// <exception cref="InvalidDataException">The file is damaged; it is left as it is, because a new salt would make one installation two.</exception>
    public DeviceIdentity Load()
    {
        lock (_gate)
        {
            return _identity ??= (Read() ?? Make()) is var kept && givenId is not null ? kept with { Id = givenId } : kept;
        }
    }

    private DeviceIdentity? Read() => AtomicFile.TryRead(files, _path) is { } bytes ? Parse(bytes) : null;

    private DeviceIdentity Parse(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var json = document.RootElement;
            var id = json.GetProperty("device_id").GetString() ?? "";
            var salt = Convert.FromHexString(json.GetProperty("salt").GetString() ?? "");
            return DeviceIdentity.IsId(id) && salt.Length > 0 ? new DeviceIdentity(id, salt) : throw new FormatException("the id or the salt is empty");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"{_path} is damaged: {exception.Message}", exception);
        }
    }

    private DeviceIdentity Make()
    {
        files.CreateDirectory(Path.GetDirectoryName(_path)!);
        using var making = files.TryLock(Path.ChangeExtension(_path, ".lock")) ?? throw new IOException($"{_path} is being made by another process");
        if (Read() is { } made)
        {
            return made;
        }

        var identity = DeviceIdentity.New();
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("device_id", identity.Id);
            json.WriteString("salt", Convert.ToHexStringLower(identity.Salt.Span));
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        AtomicFile.Write(files, _path, buffer.WrittenSpan, isPrivate: true);
        return identity;
    }
}
