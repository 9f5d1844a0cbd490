using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using Sampan.Linux.Files;

namespace Sampan.Linux.Capabilities;

/// <summary>A set of capabilities as the kernel holds it: one bit each.</summary>
public readonly record struct CapabilitySet(ulong Bits) : IEnumerable<Capability>
{
    [C("CAP_LAST_CAP")] private const int LastKnown = (int)Capability.CAP_CHECKPOINT_RESTORE;

    private static int s_last = -1;

    public static CapabilitySet Empty => default;

    /// <summary>What containers are expected to have where nobody asked for more or less (as Docker has it).</summary>
    public static CapabilitySet Default { get; } = Of(
        Capability.CAP_CHOWN, Capability.CAP_DAC_OVERRIDE, Capability.CAP_FSETID, Capability.CAP_FOWNER,
        Capability.CAP_MKNOD, Capability.CAP_NET_RAW, Capability.CAP_SETGID, Capability.CAP_SETUID,
        Capability.CAP_SETFCAP, Capability.CAP_SETPCAP, Capability.CAP_NET_BIND_SERVICE,
        Capability.CAP_SYS_CHROOT, Capability.CAP_KILL, Capability.CAP_AUDIT_WRITE);

    /// <summary>The highest capability that the running kernel knows.</summary>
    public static int Last
    {
        get
        {
            if (s_last < 0) s_last = ReadLast();
            return s_last;
        }
    }

    /// <summary>Every capability that the running kernel knows.</summary>
    public static CapabilitySet All => new(ulong.MaxValue >> (63 - Last));

    public bool IsEmpty => Bits == 0;

    public int Count => BitOperations.PopCount(Bits);

    public static CapabilitySet Of(params ReadOnlySpan<Capability> capabilities)
    {
        ulong bits = 0;
        foreach (Capability capability in capabilities) bits |= 1UL << (int)capability;
        return new CapabilitySet(bits);
    }

    /// <summary>Reads <c>CAP_NET_ADMIN</c>, <c>net_admin</c> or <c>ALL</c>, in any case.</summary>
    public static bool TryParse(string name, out CapabilitySet set)
    {
        set = Empty;
        if (name.Equals("ALL", StringComparison.OrdinalIgnoreCase) || name.Equals("CAP_ALL", StringComparison.OrdinalIgnoreCase))
        {
            set = All;
            return true;
        }

        if (!TryParseOne(name, out Capability capability)) return false;
        set = Of(capability);
        return true;
    }

    /// <exception cref="FormatException">No capability has this name.</exception>
    public static CapabilitySet Parse(string name)
        => TryParse(name, out CapabilitySet set) ? set : throw new FormatException($"unknown capability \"{name}\"");

    public bool Has(Capability capability) => (Bits & (1UL << (int)capability)) != 0;

    public CapabilitySet With(CapabilitySet more) => new(Bits | more.Bits);

    public CapabilitySet Without(CapabilitySet fewer) => new(Bits & ~fewer.Bits);

    public CapabilitySet Intersect(CapabilitySet other) => new(Bits & other.Bits);

    /// <summary>The kernel's names, comma separated, in the order of their numbers.</summary>
    public override string ToString() => string.Join(',', this);

    public IEnumerator<Capability> GetEnumerator()
    {
        for (ulong rest = Bits; rest != 0; rest &= rest - 1) yield return (Capability)BitOperations.TrailingZeroCount(rest);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool TryParseOne(string name, [MaybeNullWhen(false)] out Capability capability)
    {
        string full = name.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase) ? name : "CAP_" + name;
        // the enum's parser would also take numbers and lists; names only
        return Enum.TryParse(full, ignoreCase: true, out capability) && !full.Contains(',', StringComparison.Ordinal)
            && Enum.IsDefined(capability);
    }

    private static int ReadLast()
    {
        try
        {
            return int.Parse(SmallFile.ReadText("/proc/sys/kernel/cap_last_cap").AsSpan().Trim(), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return LastKnown;
        }
    }
}
