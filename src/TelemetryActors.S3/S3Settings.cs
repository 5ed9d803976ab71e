using TelemetryActors.Configuration;

namespace TelemetryActors.Sinks.S3;

/// <summary>What can be set of the s3 sink from outside.</summary>
internal static class S3Settings
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        Of("bucket", SettingTypes.TextOf("3 to 63 letters, digits, dots, underscores and hyphens", S3OptionsFaults.IsBucket), options => options.Bucket, (options, value) => options.Bucket = value),
        Of(
            "prefix", SettingTypes.TextOf("what keys begin with, with a / at its end and none at its beginning", S3OptionsFaults.IsPrefix),
            options => options.Prefix, (options, value) => options.Prefix = value!),
        Of("serviceUrl", Server, options => options.ServiceUrl, (options, value) => options.ServiceUrl = value),
        Of("region", SettingTypes.Text, options => options.Region, (options, value) => options.Region = value),
        Of("forcePathStyle", SettingTypes.Optional(SettingTypes.Switch), options => options.ForcePathStyle, (options, value) => options.ForcePathStyle = value),
        Of("checksums", SettingTypes.Optional(SettingTypes.Choice<S3Checksums>()), options => options.Checksums, (options, value) => options.Checksums = value),
        Of("chunkedEncoding", SettingTypes.Optional(SettingTypes.Switch), options => options.ChunkedEncoding, (options, value) => options.ChunkedEncoding = value),
        Of("signPayload", SettingTypes.Switch, options => options.SignPayload, (options, value) => options.SignPayload = value),
        Of(
            "objectBytes", SettingTypes.Optional(SettingTypes.Bytes(S3OptionsFaults.SmallestObject, S3OptionsFaults.LargestObject)),
            options => options.ObjectBytes, (options, value) => options.ObjectBytes = value),
        Of(
            "objectAge", SettingTypes.Duration(TimeSpan.FromSeconds(1), S3OptionsFaults.LongestAge),
            options => options.ObjectAge, (options, value) => options.ObjectAge = value),
        Of("sendAtEnd", SettingTypes.Optional(SettingTypes.Switch), options => options.SendAtEnd, (options, value) => options.SendAtEnd = value),
        Of("partBytes", SettingTypes.Bytes(S3Options.SmallestPart, S3OptionsFaults.LargestPart), options => options.PartBytes, (options, value) => options.PartBytes = value),
        Of("compressionLevel", SettingTypes.Count(1, 9), options => options.CompressionLevel, (options, value) => options.CompressionLevel = value),
        Of("storageClass", SettingTypes.Text, options => options.StorageClass, (options, value) => options.StorageClass = value),
        Of("encryption", SettingTypes.Text, options => options.Encryption, (options, value) => options.Encryption = value),
        Of("kmsKeyId", SettingTypes.Text, options => options.KmsKeyId, (options, value) => options.KmsKeyId = value),
    ];

    private static SettingType<Uri?> Server => new(
        S3OptionsFaults.ServerRule,
        (string text, out Uri? value) => Uri.TryCreate(text, UriKind.Absolute, out value) && S3OptionsFaults.IsServer(value),
        value => value?.OriginalString);

    private static Setting Of<T>(string name, SettingType<T> type, Func<S3Options, T> get, Action<S3Options, T> set) => Setting.Of(
        $"sinks.{S3SinkRegistration.DefaultName}.{name}", type,
        options => get(options.Kit<S3Kit>().Options),
        (options, value) => set(options.Kit<S3Kit>().Options, value));
}
