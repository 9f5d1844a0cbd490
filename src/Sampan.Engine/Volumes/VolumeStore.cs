using Sampan.Engine.State;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Engine.Volumes;

/// <summary>
/// Directories that hold a container's data outside its root file system. A named volume outlives all containers; an
/// anonymous one is in its container's own directory and is removed with it. A volume is a folder with the directory <c>data</c>,
/// and beside it what is to be known of that: see <see cref="VolumeContent"/>.
/// </summary>
public sealed class VolumeStore(EnginePaths paths)
{
    private const int MaximumNameLength = 128;

    /// <summary>Seen by whoever may reach it, which above it is only the engine's owner: as docker, mode 0755.</summary>
    private const uint DataMode = 0x1ED;

    private const uint OwnerOnly = 0x1C0;

    /// <summary>The directory of a named volume, made on first use.</summary>
    /// <exception cref="EngineException">Not a name: letters, digits, and after the first of them also <c>_</c>, <c>.</c>, <c>-</c>.</exception>
    public string Named(string name)
    {
        if (!IsName(name)) throw new EngineException($"volume {name}: not a name; hint: letters, digits, and after the first also _ . -");
        return Make(paths.Volumes, name);
    }

    /// <summary>The directory of a container's anonymous volume.</summary>
    /// <param name="container">Where the container keeps its data.</param>
    /// <param name="number">Its place among the container's mounts, which never changes.</param>
    public static string Anonymous(ContainerPaths container, int number) => Make(container.Volumes, $"{number}");

    private static string Make(string parent, string name)
    {
        string volume = Path.Combine(parent, name);
        string data = Path.Combine(volume, "data");
        if (Directory.Exists(data)) return data;
        foreach (string directory in (ReadOnlySpan<string>)[parent, volume]) MakeIfMissing(directory, OwnerOnly);
        MakeIfMissing(data, DataMode);
        return data;
    }

    // two containers may use a volume for the first time at the same moment
    private static void MakeIfMissing(string directory, uint mode)
    {
        try
        {
            Nodes.MakeDirectory(directory, mode);
            File.SetUnixFileMode(directory, (UnixFileMode)mode); // whatever the umask was
        }
        catch (SyscallException error) when (error.Errno is Errno.EEXIST)
        {
        }
    }

    private static bool IsName(string name)
    {
        if (name.Length is 0 or > MaximumNameLength || !char.IsAsciiLetterOrDigit(name[0])) return false;
        foreach (char c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-')) return false;
        return true;
    }
}
