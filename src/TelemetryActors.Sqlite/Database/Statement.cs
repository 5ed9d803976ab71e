using SQLitePCL;
using TelemetryActors.Storage;

namespace TelemetryActors.Sqlite;

/// <summary>A prepared statement: bind, step, read, reset, and again.</summary>
/// <remarks>What is bound stays bound: a value that is there already costs no call.</remarks>
internal sealed class Statement(Database database, sqlite3_stmt handle) : IDisposable
{
    private readonly BoundValues _bound = new();

    public void Bind(int index, long value)
    {
        _bound.Forget(index);
        database.Check(raw.sqlite3_bind_int64(handle, index, value));
    }

    public void Bind(int index, long? value)
    {
        if (value is { } number)
        {
            Bind(index, number);
        }
        else
        {
            BindNull(index);
        }
    }

    public void Bind(int index, double? value)
    {
        if (value is { } number)
        {
            _bound.Forget(index);
            database.Check(raw.sqlite3_bind_double(handle, index, number));
        }
        else
        {
            BindNull(index);
        }
    }

    public void Bind(int index, string? text)
    {
        if (text is null)
        {
            BindNull(index);
        }
        else
        {
            Bind(index, System.Text.Encoding.UTF8.GetBytes(text).AsSpan());
        }
    }

    /// <summary>Binds UTF-8 text; SQLite takes a copy.</summary>
    public void Bind(int index, ReadOnlySpan<byte> text)
    {
        _bound.Forget(index);
        database.Check(text.IsEmpty ? raw.sqlite3_bind_text(handle, index, "") : raw.sqlite3_bind_text(handle, index, text));
    }

    /// <summary>Binds UTF-8 text that is the same in many rows.</summary>
    public void BindRepeated(int index, ReadOnlySpan<byte> text)
    {
        if (!_bound.Is(index, text))
        {
            Bind(index, text);
            _bound.Keep(index, text);
        }
    }

    public void BindNull(int index)
    {
        if (!_bound.IsNull(index))
        {
            database.Check(raw.sqlite3_bind_null(handle, index));
            _bound.KeepNull(index);
        }
    }

    /// <summary>Goes to the next row; false when there is none, or the statement gives no rows and is done.</summary>
    public bool Step()
    {
        using var held = HeldFileSizeSignal.Begin();
        var code = raw.sqlite3_step(handle);
        return code == raw.SQLITE_ROW || (code == raw.SQLITE_DONE ? false : throw Failed(code));
    }

    /// <summary>Runs a statement without rows, ready to be bound again.</summary>
    public void Run()
    {
        Step();
        Reset();
    }

    public void Reset()
    {
        using var held = HeldFileSizeSignal.Begin();
        raw.sqlite3_reset(handle);
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(handle, column);

    public long? NumberOrNull(int column) => IsNull(column) ? null : Number(column);

    /// <summary>A number; null for one that no JSON can hold, which another program may have put there.</summary>
    public double? RealOrNull(int column) => !IsNull(column) && raw.sqlite3_column_double(handle, column) is var number && double.IsFinite(number) ? number : null;

    public string? Text(int column) => IsNull(column) ? null : System.Text.Encoding.UTF8.GetString(Utf8(column));

    /// <summary>A text's bytes, valid until the next step.</summary>
    public ReadOnlySpan<byte> Utf8(int column) => raw.sqlite3_column_blob(handle, column);

    public void Dispose()
    {
        using var held = HeldFileSizeSignal.Begin();
        raw.sqlite3_finalize(handle);
        handle.Dispose();
    }

    // The statement's own error would be told again by its reset.
    private SqliteFault Failed(int code)
    {
        var fault = database.Fault(code);
        Reset();
        return fault;
    }
}
