namespace TelemetryActors.Engine;

/// <summary>Does what the disk may refuse. One that fails again and again is one fault until it works again.</summary>
/// <remarks>For one thread at a time.</remarks>
/// <param name="tell">Who is told.</param>
internal sealed class DiskGuard(Action<string> tell)
{
    private bool _isFaulty;

    /// <summary>Does it now.</summary>
    /// <returns>False when the disk did not take it, which was told.</returns>
    public bool Try(Action disk)
    {
        try
        {
            disk();
            _isFaulty = false;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!_isFaulty)
            {
                tell(exception.Message);
            }

            _isFaulty = true;
            return false;
        }
    }
}
