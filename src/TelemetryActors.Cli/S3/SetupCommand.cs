using System.CommandLine;
using TelemetryActors.Cli.Output;
using TelemetryActors.Sinks.S3.Setup;

namespace TelemetryActors.Cli.S3;

/// <summary><c>telemetry s3 setup</c>: looks whether the bucket can hold diagnostics, and gives it the rule that ends them (S1.7).</summary>
internal static class SetupCommand
{
    private const int MostDays = 36_500;

    public static Command Create()
    {
        var days = new Option<int>("--days") { Description = "How long diagnostics stay.", HelpName = "N", DefaultValueFactory = _ => RetentionRule.DefaultDays };
        days.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var count) || count is < 1 or > MostDays))
            {
                result.AddError($"--days takes a number from 1 to {MostDays}, not '{result.Tokens[0].Value}'.");
            }
        });
        var check = new Option<bool>("--check") { Description = "Only look: write no lifecycle rule." };
        var json = CommonOptions.Json();
        var command = new Command("setup", "Check the bucket, one line a finding, and write its lifecycle rule; rules of others stay.") { days, check, json };
        command.SetAction((parsed, cancellation) => Bucket.UseAsync(parsed, async bucket =>
        {
            var setup = new BucketSetup(bucket.Client, bucket.Options, parsed.GetValue(days), TimeProvider.System);
            var findings = await setup.RunAsync(writesRule: !parsed.GetValue(check), cancellation);
            Write(findings, parsed.GetValue(json));
            return findings.Any(finding => finding.Verdict == BucketVerdict.Wrong) ? ExitCode.Failed : ExitCode.Done;
        }));
        return command;
    }

    private static void Write(IReadOnlyList<BucketFinding> findings, bool asJson)
    {
        if (asJson)
        {
            using var output = new JsonOutput();
            foreach (var finding in findings)
            {
                output.Write(json =>
                {
                    json.WriteStartObject();
                    json.WriteString("check", finding.Check);
                    json.WriteString("verdict", Word(finding.Verdict));
                    json.WriteString("text", finding.Text);
                    json.WriteEndObject();
                });
            }

            return;
        }

        var listing = new Listing("CHECK", "VERDICT", "FOUND");
        foreach (var finding in findings)
        {
            listing.Add(finding.Check, Word(finding.Verdict), finding.Text);
        }

        listing.Write();
    }

    private static string Word(BucketVerdict verdict) => verdict switch
    {
        BucketVerdict.Ok => "ok",
        BucketVerdict.Wrong => "fault",
        _ => "unknown",
    };
}
