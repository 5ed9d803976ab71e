using Npgsql;

namespace TelemetryActors.ClusterNode.Journal;

/// <summary>The tables of the journal, made where one is missing.</summary>
/// <remarks>Asked for first: who says CREATE TABLE IF NOT EXISTS needs the right to create tables although there is nothing to create.</remarks>
internal static class JournalTables
{
    private const string AreThere = """
        SELECT count(*) = 4 AND bool_or(relname = 'telemetry_nodes' AND (
            SELECT count(*) FROM pg_attribute WHERE attrelid = tables.oid AND attname IN ('start', 'asks') AND NOT attisdropped) = 2)
        FROM (SELECT oid, relname FROM pg_class WHERE oid IN (to_regclass('journal'), to_regclass('tags'), to_regclass('snapshot'), to_regclass('telemetry_nodes'))) tables
        """;

    public static async Task MakeMissingAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var look = new NpgsqlCommand(AreThere, connection, transaction);
        if (await look.ExecuteScalarAsync(cancellation) is true)
        {
            return;
        }

        await using var make = new NpgsqlCommand(Sql(), connection, transaction);
        await make.ExecuteNonQueryAsync(cancellation);
    }

    private static string Sql()
    {
        using var stream = typeof(JournalTables).Assembly.GetManifestResourceStream("journal.postgresql.sql")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
