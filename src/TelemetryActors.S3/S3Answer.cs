using Amazon.Runtime;
using Amazon.S3.Model;

namespace TelemetryActors.Sinks.S3;

/// <summary>Whether what answered with success is S3: a web application, a portal or a proxy may answer everything so, and store nothing.</summary>
/// <remarks>It is judged by what AWS, radosgw and MinIO always say and clients of S3 rely upon: the ETag of an object and of a part, the id of an upload, what was completed or is listed.</remarks>
internal static class S3Answer
{
    private const string WeakETag = "W/";

    /// <summary>Sees to it that something is stored.</summary>
    /// <param name="answer">The answer to its upload.</param>
    /// <param name="etag">The ETag that it names.</param>
    /// <exception cref="NoS3AnswerException">It names none, or one of the page that it is: S3's are not weak, and nothing stands beside them.</exception>
    public static void CheckStored(AmazonWebServiceResponse answer, string? etag)
    {
        if (string.IsNullOrEmpty(etag) || (etag.StartsWith(WeakETag, StringComparison.Ordinal) && answer.ContentLength != 0))
        {
            throw new NoS3AnswerException("it names no ETag");
        }

        if (answer.ContentLength > 0)
        {
            throw new NoS3AnswerException("it sends a page");
        }
    }

    /// <summary>Sees to it that an upload in parts was begun.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="NoS3AnswerException">It has none.</exception>
    public static string Begun(InitiateMultipartUploadResponse answer) =>
        string.IsNullOrEmpty(answer.UploadId) ? throw new NoS3AnswerException("it names no upload") : answer.UploadId;

    /// <summary>Sees to it that an upload in parts is an object now.</summary>
    /// <remarks>radosgw names the object, and its ETag not in every release.</remarks>
    /// <exception cref="NoS3AnswerException">It names none.</exception>
    public static void CheckCompleted(CompleteMultipartUploadResponse answer)
    {
        if (string.IsNullOrEmpty(answer.ETag) && string.IsNullOrEmpty(answer.Key) && string.IsNullOrEmpty(answer.Location))
        {
            throw new NoS3AnswerException("it names no object");
        }
    }

    /// <summary>Sees to it that a listing is one.</summary>
    /// <exception cref="NoS3AnswerException">It says nothing of what a listing says.</exception>
    public static void CheckListing(ListObjectsV2Response answer)
    {
        if (string.IsNullOrEmpty(answer.Name) && answer.KeyCount is null && answer.IsTruncated is null)
        {
            throw new NoS3AnswerException("it lists nothing");
        }
    }
}
