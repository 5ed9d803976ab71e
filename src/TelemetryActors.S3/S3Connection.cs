using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace TelemetryActors.Sinks.S3;

/// <summary>Makes the SDK's client from options: no retries, and no time limit unless one is asked for, because the delivery has both.</summary>
internal static class S3Connection
{
    private const string RegionOfOthers = "us-east-1";

    /// <summary>A client that has connected to nothing yet.</summary>
    /// <param name="options">Where to.</param>
    /// <param name="credentials">Who asks; null: whom the SDK's normal chain finds.</param>
    /// <param name="answersWithin">How long a request waits for its answer to begin; null: as long as its caller does.</param>
    /// <exception cref="AmazonClientException">There is no region, or nobody, to be found.</exception>
    public static IAmazonS3 Open(S3Options options, AWSCredentials? credentials = null, TimeSpan? answersWithin = null)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.UsesPathStyle,
            RequestChecksumCalculation = options.UsedChecksums == S3Checksums.Always ? RequestChecksumCalculation.WHEN_SUPPORTED : RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = options.UsedChecksums == S3Checksums.Always ? ResponseChecksumValidation.WHEN_SUPPORTED : ResponseChecksumValidation.WHEN_REQUIRED,
            MaxErrorRetry = 0,
            MaxStaleConnectionRetries = 0,
            Timeout = answersWithin ?? Timeout.InfiniteTimeSpan,

            // A redirect could lead to where the owner did not send anything.
            AllowAutoRedirect = false,
        };
        if (options.ServiceUrl is { } url)
        {
            config.ServiceURL = url.GetLeftPart(UriPartial.Authority);
            config.AuthenticationRegion = options.Region ?? RegionOfOthers;
        }
        else if (options.Region is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        return credentials is null ? new AmazonS3Client(config) : new AmazonS3Client(credentials, config);
    }
}
