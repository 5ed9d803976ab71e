namespace TelemetryActors.Privacy;

/// <summary>Field names whose values are about a person, a machine or a place, whatever they hold: what a sink that strips takes out besides the redactor's names.</summary>
/// <remarks>Compared like the redactor's: the last words of a field's name.</remarks>
internal static class PersonalNames
{
    /// <summary>Who it is and how to reach them.</summary>
    private static readonly string[] Persons =
    [
        "user", "userId", "username", "login", "firstName", "lastName", "fullName", "givenName", "familyName", "surname", "nickname", "displayName",
        "owner", "author", "committer", "phone", "phoneNumber", "mobile", "telephone", "tel", "fax", "address", "street", "city", "postcode", "postalCode",
        "zip", "zipCode", "birthday", "birthDate", "dateOfBirth", "dob", "gender", "passport", "iban", "accountNumber",
    ];

    /// <summary>Which machine it is.</summary>
    private static readonly string[] Machines =
    [
        "ip", "ipAddress", "ipAddr", "ipv4", "ipv6", "peerAddr", "remoteAddr", "clientAddr", "forwardedFor", "host", "hostname", "machine", "machineName", "computerName", "homeDir",
        "mac", "macAddress", "imei", "serialNumber", "deviceId", "advertisingId",
    ];

    /// <summary>What the redactor takes from an assignment (<c>pwd=</c>) only, and headers that carry a credential.</summary>
    private static readonly string[] Credentials = ["pwd", "passwd", "passphrase", "accessKey", "secretKey", "privateKey", "authorization", "cookie"];

    /// <summary>Those that mean the same in a sentence: <c>user: jane</c>.</summary>
    public static IReadOnlyList<string> InSentences { get; } = [.. Persons, .. Machines, .. Credentials];
}
