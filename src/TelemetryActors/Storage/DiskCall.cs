namespace TelemetryActors.Storage;

/// <summary>Work on a disk on a thread of its own: one that hangs holds that thread alone, which ends with the process.</summary>
internal static class DiskCall
{
    /// <summary>Begins it.</summary>
    /// <param name="name">What the thread is called.</param>
    /// <param name="work">What touches the disk; what it throws is the task's.</param>
    public static Task<T> Begin<T>(string name, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Run(work, done)) { IsBackground = true, Name = $"telemetry {name}" }.Start();
        return done.Task;
    }

    /// <summary>Waits for it, no longer than a limit; what it threw is thrown here.</summary>
    /// <returns>False when it has not come back.</returns>
    public static bool TryWait<T>(Task<T> call, TimeSpan limit, out T? result)
    {
        var isBack = Task.WaitAny([call], limit > TimeSpan.Zero ? limit : TimeSpan.Zero) >= 0;
        result = isBack ? call.GetAwaiter().GetResult() : default;
        return isBack;
    }

    private static void Run<T>(Func<T> work, TaskCompletionSource<T> done)
    {
        try
        {
            done.SetResult(work());
        }
        catch (Exception exception)
        {
            done.SetException(exception);

            // Whoever began it may be gone by now: that nobody looks is no fault of the host's.
            _ = done.Task.Exception;
        }
    }
}
