using System.Globalization;

namespace Sampan.Linux.Cgroups.Devices;

/// <summary>
/// Device rules as version 1 keeps them: a default, and a list of exceptions from it. An exception has no exceptions itself, so that
/// a rule which takes a part out of one can not be had there.
/// </summary>
internal sealed class DeviceList
{
    private readonly Dictionary<DeviceKey, DeviceAccess> _exceptions = [];

    /// <summary>What counts for a device that is not in the list.</summary>
    public bool AllowsByDefault { get; private set; }

    public IReadOnlyDictionary<DeviceKey, DeviceAccess> Exceptions => _exceptions;

    /// <summary>What no rule speaks of is denied.</summary>
    /// <exception cref="IOException">A list of version 1 can not say this.</exception>
    public static DeviceList Of(IEnumerable<DeviceRule> rules)
    {
        DeviceList list = new();
        foreach (DeviceRule rule in rules)
        {
            if (rule.IsForAll)
            {
                list._exceptions.Clear();
                list.AllowsByDefault = rule.Allow;
                continue;
            }

            foreach (char type in rule.Type == 'a' ? "bc" : rule.Type.ToString())
            {
                DeviceKey key = new(type, rule.Major, rule.Minor);
                if (rule.Allow == list.AllowsByDefault) list.TakeOut(key, rule);
                else list._exceptions[key] = list._exceptions.GetValueOrDefault(key) | rule.Bits;
            }
        }

        return list;
    }

    /// <summary>Reads <c>devices.list</c>, which shows no exceptions where everything is allowed by default.</summary>
    public static DeviceList Parse(string text)
    {
        List<DeviceRule> rules = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(' ', ':');
            rules.Add(new DeviceRule(true, parts[0][0], Number(parts[1]), Number(parts[2]), parts[3]));
        }

        return Of(rules);

        static uint? Number(string text) => text == "*" ? null : uint.Parse(text, CultureInfo.InvariantCulture);
    }

    private void TakeOut(DeviceKey key, DeviceRule rule)
    {
        foreach ((DeviceKey other, DeviceAccess access) in _exceptions)
        {
            if (!other.Meets(key) || (access & rule.Bits) == 0) continue;
            // what lies within the rule goes; what reaches beyond would have to be split
            if (!other.IsWithin(key))
                throw new IOException($"devices: \"{Verb(rule.Allow)} {rule}\" after \"{Verb(!rule.Allow)} {other}\": cgroup version 1 can not take a part out of a rule");
            _exceptions[other] = access & ~rule.Bits;
        }
    }

    private static string Verb(bool allow) => allow ? "allow" : "deny";
}
