using Sampan.Linux.Capabilities;

namespace Sampan.Engine.Security;

/// <summary>What <c>--cap-add</c>, <c>--cap-drop</c> and <c>--privileged</c> mean together, as Docker reads them.</summary>
public static class CapabilityFlags
{
    /// <summary>
    /// Privileged gives everything. Else the start is the default set, nothing after <c>--cap-drop ALL</c>, everything
    /// after <c>--cap-add ALL</c>; then single names are dropped and added, where adding wins.
    /// </summary>
    /// <exception cref="FormatException">No such capability.</exception>
    public static CapabilitySet Resolve(IReadOnlyList<string> add, IReadOnlyList<string> drop, bool privileged)
    {
        CapabilitySet added = Read("--cap-add", add, out bool addAll);
        CapabilitySet dropped = Read("--cap-drop", drop, out bool dropAll);
        if (privileged) return CapabilitySet.All;

        if (addAll) return CapabilitySet.All.Without(dropped);
        CapabilitySet start = dropAll ? CapabilitySet.Empty : CapabilitySet.Default;
        return start.Without(dropped).With(added);
    }

    private static CapabilitySet Read(string flag, IReadOnlyList<string> names, out bool all)
    {
        all = false;
        CapabilitySet set = CapabilitySet.Empty;
        foreach (string name in names)
        {
            if (!CapabilitySet.TryParse(name, out CapabilitySet one))
                throw new FormatException($"{flag} {name}: unknown capability; hint: the names are those of capabilities(7), for example NET_ADMIN");
            if (one.Count > 1) all = true;
            else set = set.With(one);
        }

        return set;
    }
}
