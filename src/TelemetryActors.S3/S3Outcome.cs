using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Xml;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using TelemetryActors.Delivery;

namespace TelemetryActors.Sinks.S3;

/// <summary>What a failed call to S3 means for a batch.</summary>
/// <remarks>Reasons are made of codes and of words of ours, never of the SDK's or the server's messages, which may hold parts of credentials.</remarks>
internal static class S3Outcome
{
    private const int MaxCodeLength = 64;
    private const int NotImplemented = (int)HttpStatusCode.NotImplemented;

    // What S3 does not say when it asks for fewer requests.
    private static readonly TimeSpan SlowDownWait = TimeSpan.FromSeconds(30);

    /// <summary>Whether an exception is a call's failure, and no error of ours.</summary>
    public static bool IsFailure(Exception exception) =>
        exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or SocketException or OperationCanceledException or TimeoutException or WebException or ProcessAWSCredentialException
        || IsOfNoS3(exception);

    /// <summary>Whether something answered with success that is no S3 server.</summary>
    public static bool IsOfNoS3(Exception exception) => exception is NoS3AnswerException or XmlException;

    /// <summary>What it means. What is no call's failure is told by its type and place alone.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="bucket">The bucket, for the reason.</param>
    /// <param name="now">The instant, for waits that are told as dates.</param>
    public static SinkOutcome Of(Exception exception, string bucket, DateTimeOffset now) => exception switch
    {
        _ when !IsFailure(exception) => OfUnexpected(exception),
        NoS3AnswerException or XmlException => new SinkOutcome.Misconfigured(
            $"the server of bucket {bucket} answered, but not as S3 does: {(exception is NoS3AnswerException no ? no.Message : "its answer is no XML")}"),
        ProcessAWSCredentialException => new SinkOutcome.Misconfigured("no usable credentials: the profile's credential_process failed"),
        OperationCanceledException or TimeoutException => new SinkOutcome.Retry("timeout"),
        AmazonServiceException { StatusCode: not 0 } answer => OfAnswer(answer, bucket, now),
        _ when NetworkCause(exception) is { } cause => new SinkOutcome.Retry($"network: {cause}"),
        AmazonClientException when exception.Message.Contains("region", StringComparison.OrdinalIgnoreCase) =>
            new SinkOutcome.Misconfigured("no region: set sinks.s3.region, sinks.s3.serviceUrl or AWS_REGION"),
        AmazonClientException =>
            new SinkOutcome.Misconfigured("no usable credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the machine's role"),
        _ => new SinkOutcome.Retry($"no answer: {exception.GetType().Name}"),
    };

    /// <summary>The same in one line.</summary>
    public static string ReasonOf(Exception exception, string bucket, DateTimeOffset now) => Of(exception, bucket, now) switch
    {
        SinkOutcome.Retry retry => retry.Reason,
        SinkOutcome.Misconfigured wrong => wrong.Reason,
        SinkOutcome.Rejected refused => refused.Reason,
        var other => other.ToString(),
    };

    /// <summary>Whether a 400 is no answer to what was asked: it names no cause, as S3 always does.</summary>
    /// <remarks>A server that refuses an upload without reading its body may take the rest of it for the next request of the connection.</remarks>
    public static bool IsNoAnswerToUs(Exception exception) =>
        exception is AmazonServiceException { StatusCode: HttpStatusCode.BadRequest } answer && Clean(answer.ErrorCode) is "" or "BadRequest";

    /// <summary>Whether the credentials are good and may not do this.</summary>
    public static bool IsForbidden(Exception exception) =>
        exception is AmazonServiceException { StatusCode: HttpStatusCode.Forbidden } answer && Clean(answer.ErrorCode) is "" or "AccessDenied" or "Forbidden";

    // The SDK quotes what it could not read, a line of the credentials file too. What it meets where a type begins comes wrapped.
    private static SinkOutcome OfUnexpected(Exception exception)
    {
        var cause = exception.GetBaseException();
        return AwsFiles.NamedIn(cause.Message) is { } file
            ? new SinkOutcome.Misconfigured($"{file} cannot be read: {cause.GetType().Name}")
            : new SinkOutcome.Retry($"what nobody foresaw: {cause.GetType().Name} in {cause.Source ?? "an unknown place"}");
    }

    private static SinkOutcome OfAnswer(AmazonServiceException answer, string bucket, DateTimeOffset now)
    {
        var status = (int)answer.StatusCode;
        var code = Clean(answer.ErrorCode);
        var reason = code.Length == 0 || code == answer.StatusCode.ToString() ? $"{status}" : $"{status} {code}";
        var after = RetryAfter(answer, now);
        return (status, code) switch
        {
            (_, "SlowDown" or "TooManyRequests" or "Throttling" or "ThrottlingException" or "RequestLimitExceeded") or (429, _) =>
                new SinkOutcome.Retry(reason, after ?? SlowDownWait),
            (_, "RequestTimeout" or "IncompleteBody" or "BadDigest" or "OperationAborted" or "NoSuchUpload" or "ConditionalRequestConflict") or (408 or 409, _) => new SinkOutcome.Retry(reason, after),
            ( >= 500 and not NotImplemented, _) => new SinkOutcome.Retry(reason, after),
            _ when IsNoAnswerToUs(answer) => new SinkOutcome.Retry($"{reason} without a cause"),
            (_, "EntityTooLarge") or (413, _) => new SinkOutcome.Rejected(reason),
            ( < 300, _) => new SinkOutcome.Retry($"{reason}: the answer could not be read"),
            _ => new SinkOutcome.Misconfigured(Cause(status, code, answer, bucket) is { } cause ? $"{reason}: {cause}" : reason),
        };
    }

    private static string? Cause(int status, string code, AmazonServiceException answer, string bucket) => (status, code) switch
    {
        (_, "SignatureDoesNotMatch") => "the secret access key is wrong",
        (_, "InvalidAccessKeyId") => "the access key id is not known there",
        (_, "ExpiredToken" or "InvalidToken" or "TokenRefreshRequired") => "the session's credentials have expired",
        (_, "RequestTimeTooSkewed" or "RequestExpired") => "the clock of this machine is wrong",
        (_, "AccountProblem" or "AllAccessDisabled" or "NotSignedUp" or "UserSuspended") => "the account is not allowed to use S3",
        (_, "QuotaExceeded") => $"the quota of bucket {bucket} or of its owner is used up",
        (_, "NoSuchBucket") => $"there is no bucket {bucket}",
        (_, "PermanentRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException") or ( >= 300 and < 400, _) =>
            Header(answer, "x-amz-bucket-region") is { Length: > 0 } region ? $"bucket {bucket} is in region {Clean(region)}" : $"bucket {bucket} is in another region or at another address",
        (NotImplemented, _) or (_, "XAmzContentSHA256Mismatch" or "MissingContentLength" or "InvalidTrailer") =>
            "the server does not take this kind of upload: try sinks.s3.checksums whenrequired and sinks.s3.chunkedEncoding false",
        (404, _) => $"there is no bucket {bucket}",
        (401 or 403, _) => $"the credentials may not do this in bucket {bucket}",
        _ => null,
    };

    private static TimeSpan? RetryAfter(AmazonServiceException answer, DateTimeOffset now)
    {
        var text = Header(answer, "Retry-After");
        return RetryAfterText.Seconds(text) is { } wait ? wait
            : DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? (date > now ? date - now : TimeSpan.Zero)
            : null;
    }

    private static string? Header(AmazonServiceException answer, string name) => (answer.InnerException as HttpErrorResponseException)?.Response?.GetHeaderValue(name);

    private static string? NetworkCause(Exception? exception)
    {
        string? cause = null;
        for (; exception is not null; exception = exception.InnerException)
        {
            cause = exception switch
            {
                SocketException socket => socket.SocketErrorCode.ToString(),
                HttpRequestException request => request.HttpRequestError.ToString(),
                IOException => cause ?? "connection lost",
                _ => cause,
            };
        }

        return cause;
    }

    // What a server calls an error is any text.
    private static string Clean(string? code) =>
        new([.. (code ?? "").Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_').Take(MaxCodeLength)]);
}
