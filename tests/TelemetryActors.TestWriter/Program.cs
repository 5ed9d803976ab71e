using System.Globalization;
using TelemetryActors;

// Writes events until it is killed, its input ends or its count is reached; tells on its output how many of each producer were accepted.
// Arguments: base directory, name, producers, events of each producer (0 for no end), how to crash at the end (see Crash).
var name = args[1];
var producers = int.Parse(args[2], CultureInfo.InvariantCulture);
var most = long.Parse(args[3], CultureInfo.InvariantCulture);
var output = Console.OpenStandardOutput();
var telling = new Lock();
var ended = false;

await using var client = TelemetryClient.Start(new TelemetryOptions { BaseDirectory = args[0], Agent = name, Preset = TelemetryPreset.Small });
var threads = Enumerable.Range(0, producers).Select(producer => new Thread(() => Produce(producer))).ToList();
threads.ForEach(thread => thread.Start());
if (most == 0)
{
    await Console.In.ReadToEndAsync();
    Volatile.Write(ref ended, true);
}

threads.ForEach(thread => thread.Join());
Crash.Now(args.ElementAtOrDefault(4));

void Produce(int producer)
{
    for (var number = 1L; (most == 0 || number <= most) && !Volatile.Read(ref ended);)
    {
        if (client.Record("written", ("by", name), ("producer", producer), ("n", number)).IsAccepted)
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
