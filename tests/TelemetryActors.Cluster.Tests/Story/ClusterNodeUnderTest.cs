using System.Text.Json;
using TelemetryActors.ClusterNode;
using TelemetryActors.ClusterNode.Reporting;

namespace TelemetryActors.Cluster.Tests.Story;

/// <summary>A node of the story: its place, its base directory, and the process that is it now.</summary>
internal sealed class ClusterNodeUnderTest(Func<NodeProgram> start, string baseDirectory) : IDisposable
{
    private readonly List<NodeProgram> _lives = [];

    public string BaseDirectory => baseDirectory;

    public string Output => string.Concat(_lives.Select(life => life.Output));

    private NodeProgram Life => _lives[^1];

    /// <summary>How many collectors this node sees up and in sight; 0 when nothing new was heard of it.</summary>
    public int CollectorsInSight => Status is { } status && NodeCheck.Look(StatusFile, TimeProvider.System.GetUtcNow()).IsReady
        ? status.RootElement.GetProperty("collectors").EnumerateArray()
            .Count(collector => collector.GetProperty("reachable").GetBoolean() && collector.GetProperty("member").GetString() == "up")
        : 0;

    /// <summary>How many collectors it sees at all, however they are.</summary>
    public int Collectors => Status?.RootElement.GetProperty("collectors").GetArrayLength() ?? 0;

    /// <summary>How many agents it sees, however they are.</summary>
    public int Agents => Status?.RootElement.GetProperty("agents").GetInt32() ?? 0;

    private string StatusFile => NodeStatusFile.PathIn(baseDirectory);

    private JsonDocument? Status
    {
        get
        {
            try
            {
                return JsonDocument.Parse(File.ReadAllBytes(StatusFile));
            }
            catch (Exception exception) when (exception is IOException or JsonException)
            {
                return null;
            }
        }
    }

    public void Start()
    {
        File.Delete(StatusFile);
        _lives.Add(start());
    }

    public void Kill() => Life.Kill();

    public int Leave()
    {
        Life.Terminate();

        // A node ends within 75 s.
        return ExitCode(TimeSpan.FromMinutes(5));
    }

    public int ExitCode(TimeSpan within) => Life.ExitCode(within);

    public string Tail => Life.Tail;

    public void Dispose() => _lives.ForEach(life => life.Dispose());
}
