using TelemetryActors.Benchmarks.Contenders;
using TelemetryActors.Benchmarks.Measuring;

namespace TelemetryActors.Benchmarks.Tables;

/// <summary>The product's rate over each peer's, when both ran: what is comparable between machines.</summary>
internal static class Ratios
{
    /// <summary>Writes one line for each number of producers; nothing when the product did not run.</summary>
    public static void WriteTo<TResult>(TextWriter output, IReadOnlyList<Measured<TResult>> measured, params string[] peers)
        where TResult : IMeasured
    {
        foreach (var product in measured.Where(m => m.Row == ContenderCatalog.Product))
        {
            var ratios = measured
                .Where(m => m.Producers == product.Producers && peers.Contains(m.Row))
                .Select(m => $"{product.Result.EventsPerSecond / m.Result.EventsPerSecond:0.00} x {m.Row}");
            output.WriteLine($"product, {product.Producers}: {string.Join(", ", ratios)}");
        }
    }
}
