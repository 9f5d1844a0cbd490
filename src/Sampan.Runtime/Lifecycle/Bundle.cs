using Sampan.Linux.Files;
using Sampan.Runtime.Spec;

namespace Sampan.Runtime.Lifecycle;

/// <summary>A folder with <c>config.json</c> and the root file system that it names, runtime-spec bundle.md; read once.</summary>
public sealed class Bundle
{
    private Bundle(string path, byte[] configuration)
    {
        Path = path;
        Configuration = configuration;
        Spec = Within(path, SpecReader.Read(configuration));
    }

    /// <summary>Absolute.</summary>
    public string Path { get; }

    public ContainerSpec Spec { get; }

    /// <summary>Absolute.</summary>
    public string RootPath => System.IO.Path.GetFullPath(Spec.RootPath, Path);

    /// <summary>The bytes of <c>config.json</c>.</summary>
    internal byte[] Configuration { get; }

    /// <exception cref="SpecException">There is no configuration, or it is not valid.</exception>
    public static Bundle Read(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        string file = $"{path}/config.json";
        if (!File.Exists(file)) throw new SpecException($"{file}: no such file or directory");
        return new Bundle(path, SmallFile.Read(file));
    }

    /// <summary>Sources of bind mounts may be relative to the bundle.</summary>
    internal static ContainerSpec Within(string path, ContainerSpec spec) => spec with
    {
        Mounts = [.. spec.Mounts.Select(mount => mount.IsBind && mount.Source is { Length: > 0 } source && source[0] != '/'
            ? mount with { Source = System.IO.Path.GetFullPath(source, path) } : mount)],
    };
}
