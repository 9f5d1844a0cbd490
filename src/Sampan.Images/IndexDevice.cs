using Sampan.Linux.Errors;
using Sampan.Linux.Files;

namespace Sampan.Images;

/// <summary>A file with tars of layers.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Identity">Of an archive that is not the store's own, as it was when its digests were verified; else null.</param>
public sealed record IndexDevice(string Path, string? Identity)
{
    /// <summary>Whether the file that was verified is still there but was written to: what is mounted of it may read wrong. One that was
    /// removed or replaced by another goes on being what it was for those who have it.</summary>
    public bool IsOverwritten
    {
        get
        {
            if (Identity is null) return false;
            try
            {
                string now = FileIdentity.Of(Path);
                return now != Identity && FileIdentity.IsSameFile(now, Identity) && !FileIdentity.HasSameContent(now, Identity);
            }
            catch (SyscallException)
            {
                return false;
            }
        }
    }

    /// <summary>Whether the verified content is there to be mounted.</summary>
    public bool IsIntact
    {
        get
        {
            try
            {
                return Identity is null ? HostFile.Exists(Path) : FileIdentity.Of(Path) == Identity;
            }
            catch (SyscallException)
            {
                return false;
            }
        }
    }
}
