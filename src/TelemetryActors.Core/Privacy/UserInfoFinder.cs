using System.Buffers;

namespace TelemetryActors.Privacy;

/// <summary>The user and password of a URL: what stands between <c>://</c> and <c>@</c>.</summary>
internal static class UserInfoFinder
{
    private static readonly SearchValues<char> Ends = SearchValues.Create("/?#\\\"'<> \t\r\n");

    /// <summary>Looks behind a colon; <paramref name="next"/> is where the scan goes on. The authority ends at the next slash, so no character is looked at twice.</summary>
    public static Finding Find(ref ValueScan scan, int at, out int next)
    {
        next = at + 1;
        var rest = scan.Text[at..];
        if (!rest.StartsWith("://"))
        {
            return Finding.None;
        }

        var authority = rest[3..];
        var length = authority.IndexOfAny(Ends);
        authority = length < 0 ? authority : authority[..length];
        scan.Steps += authority.Length;

        var userInfo = authority[..Math.Max(0, authority.LastIndexOf('@'))];
        if (!userInfo.Contains(':'))
        {
            return Finding.None;
        }

        // Behind the @, so that the host is not taken for the domain of a mailbox.
        next = at + 3 + userInfo.Length + 1;
        return new Finding(at + 3, next - 1);
    }
}
