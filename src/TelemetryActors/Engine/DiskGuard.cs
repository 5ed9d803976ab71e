namespace TelemetryActors.Engine;

/// <summary>Does what the disk may refuse. Work that fails again and again is one fault until that work succeeds again, whatever else does meanwhile.</summary>
/// <remarks>For one thread at a time.</remarks>
/// <param name="tell">Who is told.</param>
internal sealed class DiskGuard(Action<string> tell)
{
    private readonly HashSet<DiskWork> _refused = [];

    /// <summary>Does it now.</summary>
    /// <returns>False when the disk did not take it, which was told.</returns>
    public bool Try(DiskWork work, Action disk)
    {
        try
        {
            disk();
            _refused.Remove(work);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (_refused.Add(work))
            {
                tell(exception.Message);
            }

            return false;
        }
    }
}
