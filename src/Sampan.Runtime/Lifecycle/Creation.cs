using System.Text;
using Sampan.Linux.Cgroups;
using Sampan.Linux.Files;
using Sampan.Linux.Mounts;
using Sampan.Runtime.Spec;
using Sampan.Runtime.Start;
using Sampan.Runtime.State;

namespace Sampan.Runtime.Lifecycle;

/// <summary><c>create</c> and <c>run</c>: from a bundle to a container.</summary>
public static class Creation
{
    /// <summary>Makes the container; it waits for <c>start</c>. Nothing is left of one that could not be made.</summary>
    public static ContainerProcess Create(StateStore store, string id, string bundle, CreationOptions options) =>
        Make(store, id, bundle, options, startLater: true);

    /// <summary>Makes the container and executes its command.</summary>
    public static ContainerProcess Run(StateStore store, string id, string bundle, CreationOptions options) =>
        Make(store, id, bundle, options, startLater: false);

    /// <summary>Reads <c>config.json</c> of a bundle.</summary>
    public static ContainerSpec ReadSpec(string bundle)
    {
        string path = $"{bundle}/config.json";
        if (!File.Exists(path)) throw new SpecException($"{path}: no such file or directory");
        return SpecReader.Read(File.ReadAllBytes(path));
    }

    private static ContainerProcess Make(StateStore store, string id, string bundle, CreationOptions options, bool startLater)
    {
        bundle = Path.GetFullPath(bundle);
        ContainerSpec spec = ReadSpec(bundle);
        string rootPath = Path.GetFullPath(spec.RootPath, bundle);
        if (!Directory.Exists(rootPath)) throw new SpecException($"root.path: {rootPath}: no such file or directory");
        string directory = store.Claim(id);
        Cgroup? cgroup = null;
        ContainerProcess? process = null;
        try
        {
            string cgroupPath = spec.CgroupPath ?? $"/{id}";
            if (!options.WithoutCgroups) cgroup = Cgroup.Create(cgroupPath, spec.Resources ?? new CgroupResources());
            using Fd root = DetachedMount.Clone(rootPath, recursive: true);
            process = ContainerProcess.Create(spec, new StartOptions
            {
                RootFileSystem = root,
                StagingDirectory = rootPath,
                Cgroup = cgroup,
                StateDirectory = startLater ? directory : null,
                PreservedDescriptors = options.PreservedDescriptors,
            });
            ContainerState state = new()
            {
                Id = id,
                Bundle = bundle,
                RootPath = rootPath,
                OciVersion = spec.Version,
                Pid = process.Pid,
                PidStartTicks = ProcessStat.Of(process.Pid)?.StartTicks ?? 0,
                Created = DateTimeOffset.UtcNow,
                CgroupPath = cgroup is null ? null : cgroupPath,
                Annotations = spec.Annotations,
            };
            if (startLater)
            {
                process.Prepare();
                File.WriteAllLines($"{directory}/plan", process.Steps, new UTF8Encoding(false));
                store.Write(state);
            }
            else
            {
                store.Write(state);
                process.Start();
            }
            if (options.PidFile is not null) WritePidFile(options.PidFile, process.Pid);
            return process;
        }
        catch
        {
            process?.Kill();
            process?.Dispose();
            cgroup?.Delete();
            store.Remove(id);
            throw;
        }
    }

    internal static void WritePidFile(string path, int pid)
    {
        File.WriteAllText(path + ".new", $"{pid}");
        File.Move(path + ".new", path, overwrite: true); // callers that wait for the file never see it empty
    }
}
