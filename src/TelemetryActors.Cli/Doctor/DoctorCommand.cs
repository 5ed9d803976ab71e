using System.CommandLine;
using TelemetryActors.Browsing;
using TelemetryActors.Cli.Config;
using TelemetryActors.Cli.Output;

namespace TelemetryActors.Cli.Doctor;

/// <summary><c>telemetry doctor</c>: why everything is where it is, and the proof from the files that nothing is missing.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var doctor = new Command(
            "doctor",
            """
            Explain where everything is, and prove from the files that nothing is missing.
              The SQLite store's pages are looked through for 5 s at most; of one that is larger than that the rest is not, which a note says.
            """) { json };
        doctor.SetAction(parsed =>
        {
            var diagnosis = Diagnosis.Of(BaseSettings.FindToExamine(parsed));
            if (parsed.GetValue(json))
            {
                using var output = new JsonOutput();
                output.Write(writer => DiagnosisJson.Write(writer, diagnosis));
            }
            else
            {
                Write(diagnosis);
            }

            return diagnosis.IsSound ? ExitCode.Done : ExitCode.Failed;
        });
        return doctor;
    }

    private static void Write(Diagnosis diagnosis)
    {
        using (var writer = StandardOutput.OpenText())
        {
            writer.WriteLine($"base directory  {diagnosis.Base.Path}  ({diagnosis.Base.Reason})");
            writer.WriteLine($"ring            {diagnosis.Ring.Directory ?? "plain memory"}  ({diagnosis.Ring.Reason})");
            foreach (var owner in diagnosis.Owners)
            {
                writer.WriteLine($"slot {owner.Slot,-10} {owner.Owner}");
            }

            foreach (var ring in diagnosis.Rings)
            {
                writer.WriteLine($"ring of {ring.Slot,-7} {PlainText.Of(ring.Text)}");
            }

            writer.WriteLine();
        }

        WriteLogs(diagnosis);
        Listed(diagnosis.Sinks).Write();
        using var end = StandardOutput.OpenText();
        foreach (var note in diagnosis.Notes)
        {
            end.WriteLine("note: " + PlainText.Of(note));
        }

        foreach (var fault in diagnosis.Faults)
        {
            end.WriteLine("fault: " + PlainText.Of(fault));
        }

        end.WriteLine(Verdict(diagnosis));
    }

    private static string Verdict(Diagnosis diagnosis) => diagnosis switch
    {
        { IsSound: false } => $"{diagnosis.Faults.Count} faults",
        { Lost: > 0 and var lost } => $"sound: every account balances; the {lost} events that are lost are counted, with their reasons" + Doubt(diagnosis),
        { MayHaveLostMore: true } => "sound: every account balances" + Doubt(diagnosis),
        _ => "sound: nothing is missing, every account balances",
    };

    private static string Doubt(Diagnosis diagnosis) => diagnosis.MayHaveLostMore ? "; what a lost ring held is not known (see the notes)" : "";

    private static void WriteLogs(Diagnosis diagnosis)
    {
        var logs = new Listing("SLOT", "STREAM", "EVENTS", "ORDINAL", "POSITION", "");
        foreach (var slot in diagnosis.Slots)
        {
            logs.Add(
                Texts.Of(slot.Slot), slot.Stream.ToString(), Texts.Of(slot.Events), Texts.Of(slot.End.Ordinal), Texts.Of(slot.End.Position),
                slot.Faults.Count == 0 ? "ok" : "fault");
        }

        logs.Write();
    }

    /// <summary>The accounts of all sinks, each with its verdict and what it waits for.</summary>
    internal static Listing Listed(IEnumerable<SinkOverview> overviews)
    {
        var sinks = new Listing("SINK", "ACCEPTED", "DELIVERED", "PENDING", "DROPPED", "DEAD", "", "");
        foreach (var sink in overviews)
        {
            sinks.Add(
                sink.Name, Texts.Of(sink.Accepted), Texts.Of(sink.Delivered), Texts.Of(sink.Pending), Texts.Of(sink.Dropped.Total), Texts.Of(sink.DeadLettered),
                sink.LoadFault is null && sink.Accounts.All(account => account.IsBalanced) ? "ok" : "fault",
                sink.IsWaiting ? $"waits until {Texts.Of(sink.Wait)}: {sink.WaitCause}" : "");
        }

        return sinks;
    }
}
