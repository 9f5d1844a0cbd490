using System.Globalization;
using Sampan.Linux.Files;

namespace Sampan.Linux.Namespaces;

/// <summary>The user namespace that this process lives in, user_namespaces(7).</summary>
public static class OwnUserNamespace
{
    private static string[]? s_users;
    private static string[]? s_groups;

    /// <summary>False for the machine's first one, the only one whose map is the identity over all ids.</summary>
    public static bool IsInside { get; } = Fields("/proc/self/uid_map") is not ["0", "0", "4294967295"];

    /// <summary>False where an ordinary user mapped its one group by itself: there setgroups(2) is denied for good, here and in all
    /// namespaces below.</summary>
    public static bool MaySetGroups { get; } = !SmallFile.ReadText("/proc/self/setgroups").StartsWith("deny", StringComparison.Ordinal);

    /// <summary>Whether a user id exists in here: one that is not mapped can not be given to anything.</summary>
    public static bool HasUser(uint id) => Has(s_users ??= Fields("/proc/self/uid_map"), id);

    /// <summary>As <see cref="HasUser"/>, for a group id.</summary>
    public static bool HasGroup(uint id) => Has(s_groups ??= Fields("/proc/self/gid_map"), id);

    private static bool Has(string[] fields, uint id)
    {
        for (int i = 0; i + 2 < fields.Length; i += 3)
        {
            ulong first = ulong.Parse(fields[i], CultureInfo.InvariantCulture);
            if (id >= first && id - first < ulong.Parse(fields[i + 2], CultureInfo.InvariantCulture)) return true;
        }

        return false;
    }

    private static string[] Fields(string path) => SmallFile.ReadText(path).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
