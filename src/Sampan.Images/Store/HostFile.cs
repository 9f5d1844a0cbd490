using Sampan.Linux.Files;

namespace Sampan.Images;

/// <summary>Files of the store itself and archives that were named on a command line: paths of the host.</summary>
internal static class HostFile
{
    public static Fd Open(string path) => Paths.Open(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking);

    public static bool Exists(string path) => File.Exists(path);
}
