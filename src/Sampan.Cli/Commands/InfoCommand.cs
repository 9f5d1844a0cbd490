using Sampan.Cli.Output;
using Sampan.CommandLine;
using Sampan.Engine.Containers;
using Sampan.Engine.Monitor;
using Sampan.Engine.State;
using Sampan.Images;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Namespaces;
using Sampan.Networks;

namespace Sampan.Cli.Commands;

/// <summary><c>sampan info</c>: what a report about a problem should begin with.</summary>
internal static class InfoCommand
{
    private const string KernelRelease = "/proc/sys/kernel/osrelease";

    public static Command Declare(TextWriter output) => new("info", "describe the engine and this machine")
    {
        MaxPositionals = 0,
        Flags = [Flag.Text("format", "FORMAT", "text or json") with { Default = "text", Choices = ["text", "json"] }],
        Examples = ["sampan info --format json"],
        Handler = parsed =>
        {
            (string Name, string Value)[] facts = Facts(EnginePaths.FromEnvironment());
            if (parsed.Text("format") == "json") JsonLine.Write(output, facts);
            else foreach ((string name, string value) in facts) output.Write($"{name}: {value}\n");
            return ExitCode.Success;
        },
    };

    private static (string Name, string Value)[] Facts(EnginePaths paths)
    {
        IReadOnlyList<ContainerSummary> containers = new ContainerStore(paths).List();
        return
        [
            ("version", VersionCommand.Line),
            ("kernel", File.ReadAllText(KernelRelease).Trim()),
            ("user", OwnUserNamespace.IsInside || !Environment.IsPrivilegedProcess ? "ordinary" : "root"),
            ("cgroups", Cgroups(CgroupLayout.Current)),
            ("storage", StorageOf(paths)),
            ("data", paths.Data),
            ("run", paths.Run),
            ("containers", $"{containers.Count}"),
            ("running", $"{containers.Count(container => container.Status == ContainerStatus.Running)}"),
            .. Obstacles() is [_, ..] lines ? [("warning", string.Join("; ", lines))] : Array.Empty<(string, string)>(),
        ];
    }

    private static string StorageOf(EnginePaths paths)
    {
        ImageStorage storage = ImageStorage.Choose(paths, null);
        return storage.Kind is Storage.Erofs ? "erofs" : $"directory ({storage.Reason})";
    }

    private static string Cgroups(CgroupLayout layout)
    {
        string version1 = string.Join(' ', layout.V1Roots.Keys.Order(StringComparer.Ordinal));
        string layoutName = (layout.V2Root, version1) switch
        {
            (null, "") => "none mounted",
            (null, _) => $"version 1: {version1}",
            (_, "") => "version 2",
            _ => $"hybrid, version 1: {version1}",
        };
        return layout.IsWritable ? layoutName : layoutName + " (not writable: no limits)";
    }

    // an ordinary user's containers do not go through the host's rules
    private static IReadOnlyList<string> Obstacles() =>
        Environment.IsPrivilegedProcess && !OwnUserNamespace.IsInside ? BridgeNetwork.ForeignObstacles(ContainerMonitor.BridgeName) : [];
}
