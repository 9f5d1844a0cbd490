using System.Globalization;
using System.Text;
using Sampan.Linux.Files;

namespace Sampan.Images;

/// <summary>Resolves <c>user[:group]</c> by the passwd(5) and group(5) of a root file system, which is not trusted.</summary>
public static class UserLookup
{
    private const int MaxFileBytes = 1024 * 1024;
    private const int MaxGroups = 1024;

    /// <param name="root">The root file system's directory.</param>
    /// <param name="user">Empty (root), a name or number, and after a colon a group's name or number.</param>
    public static ResolvedUser Resolve(Fd root, string user)
    {
        int colon = user.IndexOf(':');
        string userPart = colon < 0 ? user : user[..colon];
        string groupPart = colon < 0 ? "" : user[(colon + 1)..];
        if (colon >= 0 && groupPart.Length == 0) throw new ImageException($"user '{ImageException.Printable(user)}': no group after the colon");
        if (userPart.Length == 0) userPart = "0";
        uint? wanted = ParseNumber(userPart);
        uint uid = wanted ?? 0, gid = 0;
        string? name = null;
        string home = "/";
        foreach (string[] fields in ReadLines(root, "etc/passwd"))
        {
            // name:password:uid:gid:gecos:home:shell
            if (fields.Length < 6 || !TryNumber(fields[2], out uint id) || !TryNumber(fields[3], out uint primary)) continue;
            if (fields[0] != userPart && id != wanted) continue;
            (name, uid, gid) = (fields[0], id, primary);
            if (fields[5].StartsWith('/')) home = fields[5];
            break;
        }
        if (name is null && wanted is null) throw new ImageException($"user '{ImageException.Printable(userPart)}' is not in the image's /etc/passwd");
        if (groupPart.Length > 0) return new ResolvedUser(uid, FindGroup(root, groupPart), [], home);
        return new ResolvedUser(uid, gid, name is null ? [] : GroupsOf(root, name, gid), home);
    }

    private static uint FindGroup(Fd root, string group)
    {
        if (ParseNumber(group) is { } number) return number;
        foreach (string[] fields in ReadLines(root, "etc/group"))
        {
            if (fields.Length >= 3 && fields[0] == group && TryNumber(fields[2], out uint gid)) return gid;
        }
        throw new ImageException($"group '{ImageException.Printable(group)}' is not in the image's /etc/group");
    }

    private static List<uint> GroupsOf(Fd root, string name, uint primary)
    {
        List<uint> gids = [];
        foreach (string[] fields in ReadLines(root, "etc/group"))
        {
            if (fields.Length < 4 || !TryNumber(fields[2], out uint gid) || gid == primary || gids.Contains(gid)) continue;
            if (Array.IndexOf(fields[3].Split(','), name) < 0) continue;
            if (gids.Count == MaxGroups) throw new ImageException($"user '{ImageException.Printable(name)}' is in more than {MaxGroups} groups");
            gids.Add(gid);
        }
        return gids;
    }

    /// <summary>Null for a name. A text of digits is never a name: an id out of range must not fall back to anything.</summary>
    private static uint? ParseNumber(string text)
    {
        if (TryNumber(text, out uint number)) return number;
        ReadOnlySpan<char> digits = text.AsSpan().TrimStart("+-");
        if (digits.ContainsAnyExceptInRange('0', '9') && !digits.IsEmpty) return null;
        throw new ImageException($"id '{ImageException.Printable(text)}' is out of range (0 to {int.MaxValue})");
    }

    private static bool TryNumber(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= int.MaxValue;

    private static List<string[]> ReadLines(Fd root, string path)
    {
        List<string[]> lines = [];
        // non-blocking: a fifo in place of the file must not hold us up
        using Fd? file = Paths.OpenInRootIfExists(root, path, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
        if (file is null) return lines;
        if (FileStatus.Of(file).Kind != FileKind.Regular) throw NotAFile(path);
        using FileStream stream = new(new Microsoft.Win32.SafeHandles.SafeFileHandle(file.Number, ownsHandle: false), FileAccess.Read, 0);
        byte[] bytes = new byte[MaxFileBytes + 1];
        int count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (count > MaxFileBytes) throw new ImageException($"/{path} in the image is larger than {MaxFileBytes} bytes");
        foreach (string line in Encoding.UTF8.GetString(bytes, 0, count).Split('\n'))
        {
            if (line.Length > 0 && line[0] != '#') lines.Add(line.Split(':'));
        }
        return lines;
    }

    private static ImageException NotAFile(string path) => new($"/{path} in the image is not a regular file");
}
