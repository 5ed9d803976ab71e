using System.Globalization;
using Microsoft.Data.Sqlite;
using TelemetryActors;
using TelemetryActors.Recording;
using TelemetryActors.Storage;

// "lock FILE" holds a SQLite file's lock until its input ends. "record FILE" has a recorder write two events there, and tells how the second went. Otherwise:
// Writes events until it is killed, its input ends or its count is reached; tells on its output how many of each producer were accepted.
// Arguments: base directory, name, producers, events of each producer (0 for no end), then "sqlite" to store runs and events, too, "told" to record one event
// for each line of its input instead, named by it and synced before it is told, or how to crash at the end (see Crash).
if (args[0] == "lock")
{
    SQLitePCL.Batteries_V2.Init();
    using var connection = new SqliteConnection($"Data Source={args[1]};Pooling=False");
    connection.Open();
    using var command = connection.CreateCommand();
    command.CommandText = "BEGIN EXCLUSIVE";
    command.ExecuteNonQuery();
    Console.WriteLine("locked");
    Console.In.ReadToEnd();
    return;
}

if (args[0] == "record")
{
    var recorder = new FileRecorder(args[1], TimeProvider.System, DiskFileSystem.Instance);
    recorder.RecordFields("recorded");
    Console.WriteLine(recorder.RecordFields("recorded").IsAccepted ? "Accepted" : "Refused");
    return;
}

var isStoring = args.ElementAtOrDefault(4) == "sqlite";
var name = args[1];
var producers = int.Parse(args[2], CultureInfo.InvariantCulture);
var most = long.Parse(args[3], CultureInfo.InvariantCulture);
var output = Console.OpenStandardOutput();
var telling = new Lock();
var ended = false;

var options = new TelemetryOptions
{
    BaseDirectory = args[0],
    Agent = name,
    Preset = TelemetryPreset.Small,

    // On a busy machine start and end take longer than a program waits for them: no spec is about that.
    StartBudget = TimeSpan.FromMinutes(1),
    ShutdownBudget = TimeSpan.FromMinutes(1),
    OnFailure = failure => Console.Error.WriteLine($"{name}: {failure}"),
};
if (isStoring)
{
    options.AddSqlite(sqlite => sqlite.Events = true);
}

await using var client = TelemetryClient.Start(options);
if (args.ElementAtOrDefault(4) == "told")
{
    for (var number = 1; Console.ReadLine() is { } line; number++)
    {
        client.Record(line, ("by", name));
        await client.FlushAsync();
        Tell(0, number);
    }

    return;
}

var threads = Enumerable.Range(0, producers).Select(producer => new Thread(() => Produce(producer))).ToList();
threads.ForEach(thread => thread.Start());
if (most == 0)
{
    await Console.In.ReadToEndAsync();
    Volatile.Write(ref ended, true);
}

threads.ForEach(thread => thread.Join());
Crash.Now(isStoring ? null : args.ElementAtOrDefault(4));

void Produce(int producer)
{
    using var run = isStoring ? client.StartRun(name, "writing") : null;
    for (var number = 1L; (most == 0 || number <= most) && !Volatile.Read(ref ended);)
    {
        if ((run?.Record("written", ("by", name), ("producer", producer), ("n", number)) ?? client.Record("written", ("by", name), ("producer", producer), ("n", number))).IsAccepted)
        {
            if (number % 100 == 0 || number == most)
            {
                Tell(producer, number);
            }

            number++;
        }
    }
}

void Tell(int producer, long number)
{
    var line = System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{producer} {number}\n"));
    lock (telling)
    {
        output.Write(line);
        output.Flush();
    }
}
