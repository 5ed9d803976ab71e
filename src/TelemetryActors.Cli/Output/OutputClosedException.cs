namespace TelemetryActors.Cli.Output;

/// <summary>Nobody reads what the program writes any more.</summary>
internal sealed class OutputClosedException : IOException
{
    public OutputClosedException()
        : base("The output was closed.")
    {
    }
}
