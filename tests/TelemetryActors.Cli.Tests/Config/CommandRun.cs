using System.CommandLine;
using TelemetryActors.Cli.Config;

namespace TelemetryActors.Cli.Tests.Config;

/// <summary>The settings' commands under a root of their own, on a temporary base directory and an environment that the spec writes.</summary>
internal sealed class CommandRun : IDisposable
{
    private readonly DirectoryInfo _base = Directory.CreateTempSubdirectory("config-");

    public Dictionary<string, string> Variables { get; } = [];

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    public string BaseDirectory => _base.FullName;

    public string ConfigFile => Path.Combine(_base.FullName, "config.json");

    public int Run(params string[] args)
    {
        var root = new RootCommand { ConfigCommand.Create(Variables), ConsentCommand.Create(Variables) };
        root.Options.Add(new Option<string?>("--base") { Recursive = true });
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = root.Parse([.. args, "--base", _base.FullName]).Invoke(new InvocationConfiguration { Output = output, Error = error });
        Output = output.ToString().TrimEnd();
        Error = error.ToString().TrimEnd();
        return exitCode;
    }

    public void Dispose() => _base.Delete(recursive: true);
}
