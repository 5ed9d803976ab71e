namespace TelemetryActors;

/// <summary>Ends the process by an exception that nobody catches.</summary>
internal static class Crash
{
    public static void Now(string? how)
    {
        switch (how)
        {
            case "thread":
                // The client runs on while the process dies.
                var thread = new Thread(() => Fail(3)) { Name = "doomed" };
                thread.Start();
                thread.Join();
                break;
            case "main":
                // The client is disposed on the way out of Main.
                Fail(3);
                break;
        }
    }

    private static void Fail(int depth)
    {
        if (depth > 0)
        {
            Fail(depth - 1);
            return;
        }

        try
        {
            throw new FormatException("the inner cause, told by someone@example.com");
        }
        catch (FormatException inner)
        {
            throw new InvalidOperationException("the process cannot go on", inner);
        }
    }
}
