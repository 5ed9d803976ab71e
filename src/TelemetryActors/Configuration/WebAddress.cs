namespace TelemetryActors.Configuration;

/// <summary>Which addresses may be set: the one rule for uploads, posted runs and the bucket's server.</summary>
/// <remarks>One with a password in it would be shown wherever the address is; credentials have settings of their own, which are shown nowhere.</remarks>
internal static class WebAddress
{
    /// <summary>The rule, for messages.</summary>
    public const string Rule = "an absolute http or https address without user and password";

    /// <summary>Whether an address follows it.</summary>
    public static bool IsAllowed(Uri address) =>
        address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) && address.UserInfo.Length == 0;
}
