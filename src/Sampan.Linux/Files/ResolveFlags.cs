namespace Sampan.Linux.Files;

/// <summary>How openat2(2) may walk a path (<c>struct open_how.resolve</c>).</summary>
[Flags]
public enum ResolveFlags : ulong
{
    None = 0,
    NoCrossMounts = 0x01,
    NoMagicLinks = 0x02,
    NoSymlinks = 0x04,
    Beneath = 0x08,
    InRoot = 0x10,
}
