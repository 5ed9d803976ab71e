using SQLitePCL;

namespace TelemetryActors.Sqlite;

/// <summary>SQLite refused something: what, in which file, and its code.</summary>
internal sealed class SqliteFault(int code, string message) : IOException(message)
{
    private const int PrimaryMask = 0xFF;

    /// <summary>The primary result code.</summary>
    public int Code { get; } = code & PrimaryMask;

    /// <summary>What a file says is nothing that a writer of it wrote.</summary>
    public static SqliteFault Damage(string file, string what) => new(raw.SQLITE_CORRUPT, $"{file}: {what}");

    /// <summary>Someone else has the lock: the same is worth another try.</summary>
    public bool IsLocked => Code is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    /// <summary>What the file holds is no database, or not a whole one.</summary>
    public bool IsDamage => Code is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>It was ended from outside.</summary>
    public bool IsInterrupted => Code == raw.SQLITE_INTERRUPT;

    /// <summary>Nothing will change until someone changes a permission.</summary>
    public bool IsForbidden => Code is raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH;

    /// <summary>A statement does not fit what the file holds: another table, a column less, a row that a rule forbids. It will not fit tomorrow either.</summary>
    public bool IsMisfit => Code is raw.SQLITE_ERROR or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH;

    /// <summary>The disk has no room; the database is as it was.</summary>
    public bool IsFull => Code == raw.SQLITE_FULL;
}
