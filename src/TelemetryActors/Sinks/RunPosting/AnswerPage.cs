namespace TelemetryActors.Sinks.RunPosting;

/// <summary>Whether an answer's body is a page for people instead of JSON, plain text or nothing, and which kind of page.</summary>
/// <remarks>Reads 4 KiB at the most, for a second at the most, and nothing of a body that says that it is JSON. A body that does not come in that time is none, unless it says that it is HTML: then only one that ended empty is.</remarks>
internal static class AnswerPage
{
    /// <summary>How long the body is waited for: the run was taken by then, and must not be posted again because a gateway keeps its answer open.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private const int Glance = 4096;

    private static readonly string[] SignIn = ["type=\"password\"", "type='password'", "sign in", "sign-in", "signin", "log in", "login", "accounts.google.com"];

    /// <summary>The cause to name; null when the body is none.</summary>
    public static async ValueTask<string?> OfAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellation)
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        if (type is not null && type.EndsWith("json", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var (text, hasEnded) = await BeginAsync(response, time, cancellation);
        var isPage = type is "text/html" or "application/xhtml+xml"
            || text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase);
        return !isPage || (hasEnded && text.Length == 0) ? null
            : Array.Exists(SignIn, word => text.Contains(word, StringComparison.OrdinalIgnoreCase)) ? "the address answers with a page to sign in, not with the run's receipt; who may post there?"
            : "the address answers with a page of HTML, not with the run's receipt";
    }

    private static async ValueTask<(string Text, bool HasEnded)> BeginAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellation)
    {
        var buffer = new byte[Glance];
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        var read = 0;
        var more = 1;
        try
        {
            using var body = await response.Content.ReadAsStreamAsync(either.Token);
            for (; more > 0 && read < Glance; read += more)
            {
                more = await body.ReadAsync(buffer.AsMemory(read), either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Judged by what has come.
        }
        catch (IOException exception)
        {
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The answer ended early.", exception);
        }

        return (System.Text.Encoding.UTF8.GetString(buffer, 0, read).TrimStart('\ufeff', ' ', '\t', '\r', '\n'), more == 0);
    }
}
