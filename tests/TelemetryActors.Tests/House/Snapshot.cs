using Xunit;

namespace TelemetryActors.Tests.House;

/// <summary>A text of the repository that is made from the code: compared, or written anew with UPDATE_SNAPSHOTS=1.</summary>
internal static class Snapshot
{
    public static void Check(string path, string made)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, made);
        }

        var kept = File.Exists(path) ? File.ReadAllText(path) : "";
        Assert.True(kept == made, $"{Path.GetFileName(path)} is not what the code says. Look at the difference, then run the specs with UPDATE_SNAPSHOTS=1.\n{FirstDifference(kept, made)}");
    }

    private static string FirstDifference(string kept, string made)
    {
        var old = kept.Split('\n');
        var now = made.Split('\n');
        for (var i = 0; i < Math.Max(old.Length, now.Length); i++)
        {
            var was = i < old.Length ? old[i] : "(end)";
            var isNow = i < now.Length ? now[i] : "(end)";
            if (was != isNow)
            {
                return $"line {i + 1}\n  kept: {was}\n  made: {isNow}";
            }
        }

        return "";
    }
}
