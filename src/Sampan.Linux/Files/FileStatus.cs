namespace Sampan.Linux.Files;

/// <summary>What an open file is, statx(2).</summary>
/// <param name="Mode">Permission bits with set-uid, set-gid and sticky, 0 to 0xfff.</param>
public sealed record FileStatus(FileKind Kind, uint Mode, long SizeBytes)
{
    public static FileStatus Of(Fd file)
    {
        Statx status = Statx.Of(file);
        return new FileStatus((FileKind)status.Type, status.Permissions, (long)status.Size);
    }
}
