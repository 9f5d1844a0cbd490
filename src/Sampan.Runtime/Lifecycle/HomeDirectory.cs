using System.Text;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Runtime.Spec;

namespace Sampan.Runtime.Lifecycle;

/// <summary>
/// The variable <c>HOME</c>, which engines leave to the runtime: from the passwd(5) of the root file system, which is not trusted.
/// </summary>
internal static class HomeDirectory
{
    private const int MaxFileBytes = 1024 * 1024;

    /// <summary>The process with a HOME; one that is given stays.</summary>
    public static ProcessSpec AddTo(ProcessSpec process, Fd root, IReadOnlyList<MountSpec> mounts)
    {
        if (process.Environment.Any(variable => variable.StartsWith("HOME=", StringComparison.Ordinal) && variable.Length > "HOME=".Length)) return process;
        // the root is looked at before the mounts are made
        string? mounted = mounts.LastOrDefault(mount => mount.IsBind && mount.Destination == "/etc/passwd")?.Source;
        // non-blocking: a fifo in place of the file must not hold us up
        using Fd? file = mounted is not null && File.Exists(mounted) ? Paths.Open(mounted, OpenFlags.ReadOnly | OpenFlags.NonBlocking) : OpenInRoot(root);
        string home = file is null ? "/" : Find(file, process.User.Uid) ?? "/";
        return process with { Environment = [.. process.Environment.Where(variable => variable != "HOME="), $"HOME={home}"] };
    }

    private static Fd? OpenInRoot(Fd root)
    {
        try
        {
            return Paths.OpenInRootIfExists(root, "etc/passwd", OpenFlags.ReadOnly | OpenFlags.NonBlocking);
        }
        catch (SyscallException error) when (error.Errno is Errno.ELOOP)
        {
            return null; // a link to itself, or one that leads out by way of procfs: as good as none
        }
    }

    private static string? Find(Fd file, uint uid)
    {
        if (FileStatus.Of(file) is not { Kind: FileKind.Regular, SizeBytes: <= MaxFileBytes }) return null;
        foreach (string line in Encoding.UTF8.GetString(SmallFile.Read(file, "etc/passwd")).Split('\n'))
        {
            // name:password:uid:gid:gecos:home:shell
            string[] fields = line.Split(':');
            if (fields.Length >= 6 && uint.TryParse(fields[2], out uint id) && id == uid && fields[5].StartsWith('/')) return fields[5];
        }
        return null;
    }
}
