using TelemetryActors.Storage;

namespace TelemetryActors.Sqlite;

/// <summary>Which journal a file gets, and what is to be said about it (D.11, U.3).</summary>
/// <param name="IsWal">Whether it is the write-ahead log.</param>
/// <param name="Said">What the owner should know; null when nothing.</param>
internal readonly record struct JournalChoice(bool IsWal, string? Said)
{
    /// <summary>Chooses.</summary>
    /// <param name="wanted">What the options say.</param>
    /// <param name="kind">What the file is on.</param>
    /// <param name="path">The file, for the message.</param>
    public static JournalChoice Of(SqliteJournal wanted, FileSystemKind kind, string path) => (wanted, kind) switch
    {
        (SqliteJournal.Delete, _) => new(false, null),
        (SqliteJournal.Auto, FileSystemKind.Shared) => new(
            false, $"{path} is on a network or shared file system, where SQLite's WAL is unsafe: its rollback journal is used instead."),
        (_, FileSystemKind.Shared) => new(true, $"{path} is on a network or shared file system, where SQLite's WAL, which the settings ask for, is unsafe."),
        _ => new(true, null),
    };
}
