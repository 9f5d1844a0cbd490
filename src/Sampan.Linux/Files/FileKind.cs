namespace Sampan.Linux.Files;

/// <summary>The type bits of a file's mode, inode(7).</summary>
public enum FileKind
{
    [C("S_IFIFO")] Fifo = 0x1000,
    [C("S_IFCHR")] CharacterDevice = 0x2000,
    [C("S_IFDIR")] Directory = 0x4000,
    [C("S_IFBLK")] BlockDevice = 0x6000,
    [C("S_IFREG")] Regular = 0x8000,
    [C("S_IFLNK")] SymbolicLink = 0xA000,
    [C("S_IFSOCK")] Socket = 0xC000,
}
