namespace TelemetryActors.AkkaNet.Collectors;

/// <summary>How a service hosts runs, for <c>WithTelemetryCollector</c>.</summary>
public sealed class CollectorOptions
{
    /// <summary>Whether the service's runs are handed over to the other collectors while its event log cannot be written, and taken again later; true.</summary>
    /// <remarks>
    /// After 10 s with an open circuit, or 60 s in which events waited and none was written, while another collector that is up and in sight hosts runs. The service stays a member
    /// with its role, and nothing else of it is touched. It hosts runs again when its log was written for 30 s and 1 MiB can be written beside it.
    /// A region of runs that ends while the system does not is started anew on the same terms.
    /// </remarks>
    public bool HandsOver { get; set; } = true;
}
