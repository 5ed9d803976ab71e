using System.Globalization;
using Akka.Actor;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>A cluster's node as people write it: <c>host</c> or <c>host:port</c>.</summary>
public static class SeedAddress
{
    /// <summary>The node's address; null when the text is none. IPv6 addresses stand in brackets.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="systemName">The name that all actor systems of the cluster have.</param>
    public static Address? TryParse(string text, string systemName)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.LastIndexOf(':');
        var hasPort = colon > text.LastIndexOf(']');
        var host = hasPort ? text[..colon] : text;
        var port = ClusterSinkOptions.DefaultPort;
        if (hasPort && (!int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > ushort.MaxValue))
        {
            return null;
        }

        return Uri.CheckHostName(host) == UriHostNameType.Unknown ? null : new Address("akka.tcp", systemName, host, port);
    }
}
