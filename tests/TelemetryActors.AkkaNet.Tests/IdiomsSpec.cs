using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Persistence.Journal;
using Akka.Persistence.Snapshot;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests;

/// <summary>What a reader of Akka.NET expects of every actor here.</summary>
public sealed partial class IdiomsSpec
{
    private static readonly Type[] All = typeof(EngineSettings).Assembly.GetTypes();

    // A journal's plugin is made by the framework, from its settings.
    public static TheoryData<string> Actors =>
        [.. All.Where(type => type.IsSubclassOf(typeof(ActorBase)) && !type.IsAbstract && !IsPlugin(type)).Select(type => type.FullName!)];

    [Theory]
    [MemberData(nameof(Actors))]
    [Trait("Feature", "SK.0")]
    public void An_actor_is_made_by_its_own_props_and_sealed(string actor)
    {
        var type = typeof(EngineSettings).Assembly.GetType(actor)!;

        Assert.True(type.IsSealed);
        Assert.Contains(type.GetMethods(BindingFlags.Public | BindingFlags.Static), method => method.Name == "Props" && method.ReturnType == typeof(Props));
    }

    // A system may be set to serialize what makes its actors, and these are made of files, clocks and other actors' memories.
    [Fact]
    [Trait("Feature", "SK.0")]
    public void What_makes_an_actor_is_for_this_process_alone()
    {
        var sources = Sources("TelemetryActors.AkkaNet").Concat(Sources("TelemetryActors.ClusterNode")).ToList();

        Assert.True(sources.Count(source => source.Text.Contains("Props.Create(", StringComparison.Ordinal)) > 10);
        Assert.DoesNotContain(sources.SelectMany(source => source.Text.Split(';')), statement =>
            statement.Contains("Props.Create(", StringComparison.Ordinal) && !statement.Contains(".WithDeploy(Deploy.Local)", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Feature", "SK.0")]
    public void Nothing_is_async_and_void()
    {
        var methods = All.SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly));

        Assert.DoesNotContain(methods, method => method.ReturnType == typeof(void) && method.GetCustomAttribute<AsyncStateMachineAttribute>() is not null);
    }

    [Fact]
    [Trait("Feature", "SK.0")]
    public void No_actor_blocks_and_none_asks_another()
    {
        var sources = Sources("TelemetryActors.AkkaNet");

        Assert.True(sources.Count > 30);
        Assert.DoesNotContain(sources, source => Blocking().IsMatch(source.Text));

        // A task goes on when the host's thread pool has a thread: no stage waits for one.
        Assert.DoesNotContain(sources, source => source.Text.Contains("SelectAsync", StringComparison.Ordinal));

        // An agent's sink is no actor, and asks a region from outside.
        Assert.Equal(
            ["ClusterSink.cs"],
            sources.Where(source => source.Text.Contains(".Ask<", StringComparison.Ordinal)).Select(source => source.Name).Order(StringComparer.Ordinal));
    }

    // What hangs with a disk holds whoever calls it: an actor, its dispatcher and the end of its system. A file is touched on a thread that is meant for it.
    [Fact]
    [Trait("Feature", "SK.0")]
    public void No_actor_touches_a_file_itself()
    {
        var actors = Sources("TelemetryActors.AkkaNet").Concat(Sources("TelemetryActors.ClusterNode")).Where(source => Actor().IsMatch(source.Text)).ToList();

        Assert.Contains(actors, source => source.Name == "NodeReporter.cs");
        Assert.Contains(actors, source => source.Name == "CollectorActor.cs");
        Assert.DoesNotContain(actors, source => FileCall().IsMatch(source.Text));
    }

    private static List<(string Name, string Text)> Sources(string project) =>
    [
        .. Directory.GetFiles(Source(project), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(file => (Path.GetFileName(file), File.ReadAllText(file))),
    ];

    private static bool IsPlugin(Type type) => type.IsSubclassOf(typeof(AsyncWriteJournal)) || type.IsSubclassOf(typeof(SnapshotStore));

    [GeneratedRegex(@"Task\w*\.Result\b|\.Wait\(\)|GetAwaiter\(\)\.GetResult|Thread\.Sleep|Task\.Run|async void")]
    private static partial Regex Blocking();

    [GeneratedRegex(@":\s*\w*(Actor|ActorBase|UntypedPersistentActor|GraphStage\S*)\b")]
    private static partial Regex Actor();

    [GeneratedRegex(@"(?<!\w)(File|Directory|FileStream|AtomicFile|DiskFileSystem|NodeStatusFile|BaseDirectoryProbe)\b\.\w|new (FileStream|StreamReader|StreamWriter)\b")]
    private static partial Regex FileCall();

    private static string Source(string project, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "src", project));
}
