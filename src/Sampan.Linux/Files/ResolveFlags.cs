namespace Sampan.Linux.Files;

/// <summary>How openat2(2) may walk a path (<c>struct open_how.resolve</c>).</summary>
[Flags]
public enum ResolveFlags : ulong
{
    None = 0,
    [C("RESOLVE_NO_XDEV")] NoCrossMounts = 0x01,
    [C("RESOLVE_NO_MAGICLINKS")] NoMagicLinks = 0x02,
    [C("RESOLVE_NO_SYMLINKS")] NoSymlinks = 0x04,
    [C("RESOLVE_BENEATH")] Beneath = 0x08,
    [C("RESOLVE_IN_ROOT")] InRoot = 0x10,
}
