using Sampan.Engine.Images;
using Sampan.Engine.State;
using Sampan.Images;
using Sampan.Linux.Namespaces;

namespace Sampan.Engine.Containers;

/// <summary>Makes a container's record from what was asked for and what its image says.</summary>
public static class ContainerCreation
{
    /// <summary>Finds the image, resolves the command, claims the name. Nothing runs yet.</summary>
    /// <param name="finder">Where images come from that are not files.</param>
    /// <returns>The container and its run directory, which is this process's until it is handed to the monitor.</returns>
    /// <exception cref="EngineException">No command, or the name is taken.</exception>
    /// <exception cref="ImageException">The image can not be used.</exception>
    public static (ContainerRecord Record, RunDirectory Claim) Create(EnginePaths paths, ContainerOptions options, ImageFinder finder)
    {
        RefuseUnsupported(options);
        paths.Prepare();
        ImageStorage? storage = options.RootFileSystem ? null : ImageStorage.Choose(paths, options.Storage);
        ImageStore? store = storage?.Open(paths);
        using IDisposable? use = store?.Use(); // until the record says that the image is needed
        Image? image = store is null ? null : finder.Find(store, options.Image, options.Platform, storage!.IsAsked);
        ImageConfig? config = image?.Config;
        if (options.RootFileSystem)
        {
            if (!Directory.Exists(options.Image)) throw new EngineException($"--rootfs {options.Image}: no such directory");
            options = options with { Image = Path.GetFullPath(options.Image) };
        }
        if (config is not null) options = options with { Mounts = [.. options.Mounts, .. Volumes(config, options)] };
        ContainerRecord record = new()
        {
            Id = ContainerStore.NewId(),
            Name = options.Name ?? "",
            Created = DateTimeOffset.UtcNow,
            ImageId = image?.Id,
            Layers = image?.LayerDirectories ?? [],
            Index = image?.Index,
            Arguments = Arguments(options, config),
            Environment = [.. config?.Environment ?? [], .. options.Environment],
            WorkingDirectory = Absolute(options.WorkingDirectory ?? config?.WorkingDirectory),
            User = options.User ?? config?.User ?? "",
            StopSignal = options.StopSignal ?? config?.StopSignal,
            Options = options,
        };
        if (options.CidFile is not null) WriteCidFile(options.CidFile, record.Id);
        // before it has a name: whoever finds it by that can already connect to it
        RunDirectory claim = RunDirectory.TryClaim(paths, record.Id) ?? throw new EngineException($"container id {record.Id} is taken");
        IdRanges ranges = new(paths);
        try
        {
            if (options.UserNamespace == "auto") record = record with { Ids = ranges.Claim(record.Id) };
            return (new ContainerStore(paths).Create(record), claim);
        }
        catch
        {
            if (record.Ids is not null) ranges.Release(record.Ids, record.Id);
            claim.Remove();
            claim.Dispose();
            throw;
        }
    }

    // better than a container that is less isolated than was asked for
    private static void RefuseUnsupported(ContainerOptions options)
    {
        if (options.UserNamespace == "auto")
        {
            if (OwnUserNamespace.IsInside) throw new EngineException("--userns auto: the containers of an ordinary user are in a user namespace anyway; hint: leave it out");
            if (options.Privileged) throw new EngineException("--userns auto: --privileged is for containers that have the host's ids");
        }
        _ = NamespacedSysctl.Read(options);
    }

    /// <summary>The image's volumes, where nothing else was asked to be mounted.</summary>
    private static List<MountOption> Volumes(ImageConfig config, ContainerOptions options)
    {
        List<MountOption> volumes = [];
        foreach (string path in config.Volumes)
        {
            if (path.Contains('\0')) throw new EngineException("the image has a volume whose path holds a zero byte");
            string target = Path.GetFullPath(Absolute(path)).TrimEnd('/');
            if (target.Length == 0) throw new EngineException("the image has a volume on /");
            if (volumes.Exists(v => v.Target == target) || options.Mounts.Any(m => m.Target == target)) continue;
            volumes.Add(new MountOption("volume", null, target, []));
        }

        return volumes;
    }

    /// <summary>As docker: a given entrypoint also drops the image's command.</summary>
    private static List<string> Arguments(ContainerOptions options, ImageConfig? config)
    {
        List<string> arguments = [];
        if (options.Entrypoint is null) arguments.AddRange(config?.Entrypoint ?? []);
        else if (options.Entrypoint.Length > 0) arguments.Add(options.Entrypoint);
        if (options.Command.Count > 0) arguments.AddRange(options.Command);
        else if (options.Entrypoint is null) arguments.AddRange(config?.Command ?? []);
        return arguments.Count > 0 ? arguments : throw new EngineException("no command given, and the image has none");
    }

    private static string Absolute(string? directory) =>
        string.IsNullOrEmpty(directory) ? "/" : directory.StartsWith('/') ? directory : "/" + directory;

    private static void WriteCidFile(string path, string id)
    {
        try
        {
            using FileStream file = new(path, FileMode.CreateNew);
            file.Write(System.Text.Encoding.ASCII.GetBytes(id));
        }
        catch (IOException error) when (File.Exists(path))
        {
            throw new EngineException($"--cidfile {path}: exists already; hint: remove it if its container is gone", error);
        }
    }
}
