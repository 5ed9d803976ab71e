using System.Globalization;

namespace TelemetryActors.Cli.Exec;

/// <summary>Names of Linux's signals.</summary>
internal static class SignalName
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Abort = 6;
    public const int User1 = 10;
    public const int User2 = 12;
    public const int BrokenPipe = 13;
    public const int Alarm = 14;
    public const int Terminate = 15;
    public const int StackFault = 16;
    public const int Continue = 18;
    public const int Stop = 19;
    public const int TerminalStop = 20;
    public const int Urgent = 23;
    public const int ProcessorTime = 24;
    public const int VirtualAlarm = 26;
    public const int ProfilingAlarm = 27;
    public const int WindowChange = 28;
    public const int InputReady = 29;
    public const int PowerFailure = 30;

    /// <summary>The last that has a name; those behind it are the real-time signals.</summary>
    public const int LastOfOld = 31;

    /// <summary>The last of all.</summary>
    public const int Last = 64;

    private static readonly string[] Names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
        "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    public static string Of(int signal) =>
        signal > 0 && signal < Names.Length ? "SIG" + Names[signal] : "SIG" + signal.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether someone asks a program to end by this signal: at the keyboard, as its session ends, or as nobody reads its output any more.</summary>
    public static bool IsWishToEnd(int signal) => signal is Interrupt or Terminate or Hangup or Quit or BrokenPipe;
}
