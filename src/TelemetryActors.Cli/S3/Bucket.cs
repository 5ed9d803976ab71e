using System.CommandLine;
using Amazon.S3;
using TelemetryActors.Cli.Config;
using TelemetryActors.Sinks.S3;

namespace TelemetryActors.Cli.S3;

/// <summary>The bucket that the settings of a base directory name.</summary>
internal sealed class Bucket : IDisposable
{
    // Nobody sits before a command for longer than this without a word.
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(30);

    private readonly IAmazonS3 _client;

    private Bucket(S3Options options, IAmazonS3 client)
    {
        Options = options;
        _client = client;
    }

    public S3Options Options { get; }

    public IAmazonS3 Client => _client;

    /// <summary>Runs something with the bucket; what fails there is one line.</summary>
    public static async Task<T> UseAsync<T>(ParseResult parsed, Func<Bucket, Task<T>> use)
    {
        var start = BaseSettings.FindSound(parsed);
        var options = start.Options.Kit<S3Kit>().Options;
        if (options.Bucket is null)
        {
            throw new CommandException("No bucket is named. Name one: telemetry config set sinks.s3.bucket NAME", ExitCode.Usage);
        }

        try
        {
            using var bucket = new Bucket(options, S3Connection.Open(options, answersWithin: AnswersWithin));
            return await use(bucket);
        }
        catch (Exception exception) when (exception is not (IOException or UnauthorizedAccessException or CommandException))
        {
            throw new CommandException($"bucket {options.Bucket}: {S3Outcome.ReasonOf(exception, options.Bucket, TimeProvider.System.GetUtcNow())}", ExitCode.Failed);
        }
    }

    public void Dispose() => _client.Dispose();
}
