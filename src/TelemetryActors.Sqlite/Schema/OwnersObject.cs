namespace TelemetryActors.Sqlite;

/// <summary>A row of <c>sqlite_master</c>.</summary>
/// <param name="Kind">Table, view, trigger or index.</param>
/// <param name="Name">Its name.</param>
/// <param name="Table">The table that it is, or is on.</param>
/// <param name="Sql">The statement that makes it; empty when SQLite makes it by itself.</param>
internal sealed record OwnersObject(string Kind, string Name, string Table, string Sql);
