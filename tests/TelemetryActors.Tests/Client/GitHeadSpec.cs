using System.Diagnostics;
using TelemetryActors.Client;
using TelemetryActors.Processes;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Tests.Client;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S4.10")]
public sealed class GitHeadSpec : IDisposable
{
    // The first run waits as long while the disk hangs; once it answers, a reading has so long on a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("git-");

    public void Dispose() => _root.Delete(recursive: true);

    [FactNeeding("git")]
    public void Branch_commit_and_repository_are_read_from_anywhere_in_the_work_tree()
    {
        var tree = Repository();
        var inside = Directory.CreateDirectory(Path.Combine(tree, "src", "deep")).FullName;

        Assert.Equal(new GitHead("tree", "main", Git(tree, "rev-parse", "HEAD")), GitHead.Of(inside));
    }

    [FactNeeding("git")]
    public void Packed_references_linked_work_trees_and_detached_heads_are_followed()
    {
        var tree = Repository();
        var commit = Git(tree, "rev-parse", "HEAD");
        Git(tree, "pack-refs", "--all");
        var linked = Path.Combine(_root.FullName, "linked");
        Git(tree, "worktree", "add", "-b", "feature/x", linked);

        Assert.Equal("main", GitHead.Of(tree)!.Branch);
        Assert.Equal(commit, GitHead.Of(tree)!.Commit);
        Assert.Equal(("feature/x", commit), (GitHead.Of(linked)!.Branch, GitHead.Of(linked)!.Commit));
        Git(tree, "checkout", "--detach");
        Assert.Equal((null, commit), (GitHead.Of(tree)!.Branch, GitHead.Of(tree)!.Commit));
    }

    [FactNeeding("git")]
    public void The_repository_is_named_by_its_origin_without_a_password()
    {
        var tree = Repository();
        Git(tree, "remote", "add", "origin", "https://user:token@example.test/shop/garden.git");

        Assert.Equal("https://example.test/shop/garden.git", GitHead.Of(tree)!.Repo);
        Git(tree, "remote", "set-url", "origin", "git@example.test:shop/garden.git");
        Assert.Equal("example.test:shop/garden.git", GitHead.Of(tree)!.Repo);
    }

    [Fact]
    public void Outside_of_a_work_tree_there_is_none() => Assert.Null(GitHead.Of(_root.FullName));

    [Fact]
    public void Before_the_first_commit_there_is_a_branch_and_no_commit()
    {
        var git = Directory.CreateDirectory(Path.Combine(_root.FullName, ".git")).FullName;
        File.WriteAllText(Path.Combine(git, "HEAD"), "ref: refs/heads/main\n");

        Assert.Equal((_root.Name, "main", null), (GitHead.Of(_root.FullName)!.Repo, GitHead.Of(_root.FullName)!.Branch, GitHead.Of(_root.FullName)!.Commit));
    }

    [Fact]
    public void A_runs_start_names_the_commit_unless_that_is_switched_off()
    {
        using var rig = new ClientRig();
        using (var client = rig.Start())
        {
            client.StartRun("crawler", "tied").End();
        }

        using (var client = rig.Start(options => options.TrackGit = false))
        {
            client.StartRun("crawler", "untied").End();
        }

        var starts = rig.Events().Where(json => json.GetProperty("event").GetString() == "run_start").Select(json => json.GetProperty("details")).ToList();
        Assert.Equal(GitHead.Of(Environment.CurrentDirectory)?.Commit, starts[0].TryGetProperty("git_commit_hash", out var hash) ? hash.GetString() : null);
        Assert.False(starts[1].TryGetProperty("git_commit_hash", out _));
        Assert.False(starts[1].TryGetProperty("git_repo", out _));
    }

    // A file whose open does not return stands for a disk that hangs.
    [Fact]
    public void A_working_directory_that_hangs_holds_no_run_and_its_commit_comes_later()
    {
        const string Commit = "0123456789abcdef0123456789abcdef01234567";
        var head = Path.Combine(Directory.CreateDirectory(Path.Combine(_root.FullName, ".git")).FullName, "HEAD");
        using (var making = Process.Start("mkfifo", head))
        {
            ProcessEnd.WaitFor(making);
        }

        using var rig = new ClientRig();
        string[] runs = [];
        using (var client = rig.Start(options => (options.WorkingDirectory, options.CommitPatience) = (() => _root.FullName, Patience)))
        {
            var starting = DiskCall.Begin("spec", () => Enumerable.Range(0, 20).Select(number => client.StartRun("crawler", $"tied-{number}")).ToList());
            Assert.True(DiskCall.TryWait(starting, TimeSpan.FromSeconds(30), out var started));
            runs = [.. started!.Select(run => run.Id)];
            File.WriteAllText(head, Commit + "\n");
            Eventually.Equal(runs.Length, () => { client.FlushAsync().AsTask().Wait(TimeSpan.FromSeconds(20)); return Commits(rig, Commit).Count(); });
            File.Delete(head);
            File.WriteAllText(head, Commit + "\n");
            Assert.True(client.StartRun("crawler", "tied at once").End().IsAccepted);
        }

        Assert.Equal(runs, Commits(rig, Commit));
        Assert.Equal(Commit, rig.Events().Last(json => json.GetProperty("event").GetString() == "run_start").GetProperty("details").GetProperty("git_commit_hash").GetString());
    }

    private static IEnumerable<string> Commits(ClientRig rig, string commit) => rig.Events()
        .Where(json => json.GetProperty("event").GetString() == "run_commit" && json.GetProperty("details").GetProperty("git_commit_hash").GetString() == commit)
        .Select(json => json.GetProperty("run_id").GetString()!);

    private string Repository()
    {
        var tree = Directory.CreateDirectory(Path.Combine(_root.FullName, "tree")).FullName;
        Git(tree, "init", "-b", "main");
        Git(tree, "-c", "user.name=a", "-c", "user.email=a@example.test", "commit", "--allow-empty", "-m", "first");
        return tree;
    }

    private static string Git(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        var error = process.StandardError.ReadToEnd();
        ProcessEnd.WaitFor(process);
        Assert.True(process.ExitCode == 0, error);
        return output.Trim();
    }
}
