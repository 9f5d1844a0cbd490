using System.Collections;

namespace Sampan.Engine.State;

/// <summary>Where the engine keeps things: what must survive a reboot under <see cref="Data"/>, what a reboot makes
/// untrue under <see cref="Run"/>.</summary>
public sealed record EnginePaths(string Data, string Run)
{
    /// <summary>From <c>SAMPAN_DATA</c> and <c>SAMPAN_RUN</c>; else the system's places for root, the XDG base directories for
    /// everybody else.</summary>
    public static EnginePaths FromEnvironment()
    {
        string? data = Variable("SAMPAN_DATA");
        string? run = Variable("SAMPAN_RUN");
        if (data is null || run is null)
        {
            bool root = Environment.IsPrivilegedProcess;
            data ??= root ? "/var/lib/sampan" : Path.Combine(Variable("XDG_DATA_HOME") ?? Path.Combine(Home(), ".local/share"), "sampan");
            run ??= root ? "/run/sampan" : Path.Combine(Variable("XDG_RUNTIME_DIR") ?? throw new EngineException(
                "XDG_RUNTIME_DIR is not set; hint: log in through a session manager, or set SAMPAN_RUN to a directory of yours"), "sampan");
        }

        return new EnginePaths(Path.GetFullPath(data), Path.GetFullPath(run));
    }

    public string Containers => Path.Combine(Data, "containers");

    /// <summary>Files of containers that are removed already, on their way to be deleted.</summary>
    public string Removed => Path.Combine(Data, "removed");

    /// <summary>One link per name, pointing to the container's id.</summary>
    public string Names => Path.Combine(Data, "names");

    public string Images => Path.Combine(Data, "images");

    public string Volumes => Path.Combine(Data, "volumes");

    public string RunningContainers => Path.Combine(Run, "containers");

    /// <summary>The network's leases and rules of running containers.</summary>
    public string Networks => Path.Combine(Run, "networks");

    public ContainerPaths Container(string id) => new(Path.Combine(Containers, id), Path.Combine(RunningContainers, id));

    /// <summary>Makes the directories, closed to other users: layers hold set-uid files that must not be reachable.</summary>
    public void Prepare()
    {
        foreach (string directory in (ReadOnlySpan<string>)[Data, Run, Containers, Removed, Names, RunningContainers])
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The environment for a further process of this program, as <c>NAME=value</c>: the caller's, and these paths.</summary>
    public List<string> EnvironmentOfProcess() => Variables(_ => true);

    /// <summary>For a monitor only what is meant for this program, and where programs are: it starts the one of an ordinary user's
    /// network. What else the caller keeps in its environment is none of its business, and would be in the memory of a container's
    /// init.</summary>
    public List<string> EnvironmentOfMonitor() =>
        Variables(name => name == "PATH" || name.StartsWith("SAMPAN_", StringComparison.Ordinal) || name.StartsWith("DOTNET_", StringComparison.Ordinal));

    private List<string> Variables(Func<string, bool> passes)
    {
        List<string> variables = [$"SAMPAN_DATA={Data}", $"SAMPAN_RUN={Run}"];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            if (variable.Key is string name and not ("SAMPAN_DATA" or "SAMPAN_RUN") && passes(name)) variables.Add($"{name}={variable.Value}");
        return variables;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static string Home() => Variable("HOME") ?? throw new EngineException("HOME is not set; hint: set SAMPAN_DATA");
}
