using Npgsql;

namespace TelemetryActors.ClusterNode.Journal;

/// <summary>What is said of a database that fails, for people: whether it is away or refuses, and what helps.</summary>
internal static class JournalFault
{
    private const string File = "journal.postgresql.sql";

    /// <summary>Goes on from the database's name: "does not answer: ...", "refuses: ...".</summary>
    public static string Describe(NpgsqlException exception) => exception is PostgresException { SqlState: var state }
        ? state switch
        {
            PostgresErrorCodes.InsufficientPrivilege =>
                $"refuses: {exception.Message}. The role may not make a table that is missing, or not use one that is there: have an administrator run {File} and grant what it says",
            _ => $"refuses: {exception.Message}",
        }
        : $"does not answer: {exception.Message}";
}
