using Sampan.Linux;
using Sampan.Linux.Capabilities;
using Sampan.Linux.Errors;
using Sampan.Linux.Seccomp;

namespace Sampan.Engine.Security;

/// <summary>
/// The system calls of a container that nobody configured otherwise: what programs use for themselves is allowed; what
/// changes the machine needs the matching capability; what mostly serves attacks on the kernel is refused.
/// </summary>
public static class DefaultSeccomp
{
    // clone(2) flags that make a namespace: time, mount, cgroup, uts, ipc, user, pid, network
    [C("CLONE_NEWTIME | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET")]
    private const ulong NamespaceFlags = 0x7E020080;

    // clone uses the lowest byte for the exit signal, so CLONE_NEWTIME is only a flag of unshare and clone3
    private const ulong CloneNamespaceFlags = NamespaceFlags & ~0xFFUL;

    // asm-generic/ioctls.h: put characters into the terminal's input, paste the console's selection
    private const uint TIOCSTI = 0x5412;
    private const uint TIOCLINUX = 0x541C;

    // sys/socket.h: AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET; not AF_ALG, AF_VSOCK and rarely tested others
    private static readonly uint[] s_socketFamilies = [1, 2, 10, 16, 17];

    // sys/personality.h: PER_LINUX, PER_LINUX32, UNAME26, both, and "only tell me"; not ADDR_NO_RANDOMIZE and old ABIs
    private static readonly uint[] s_personalities = [0, 8, 0x20000, 0x20008, 0xffffffff];

    /// <summary>The profile for a container whose bounding set is <paramref name="capabilities"/>.</summary>
    public static SeccompProfile For(CapabilitySet capabilities)
    {
        List<SeccompRule> rules = new(32);
        rules.Add(Allow(DefaultSyscalls.Always));
        foreach ((Capability capability, string[] names) in DefaultSyscalls.ByCapability)
        {
            if (capabilities.Has(capability)) rules.Add(Allow(names));
        }

        AddTerminal(rules);
        AddArguments(rules, "socket", s_socketFamilies);
        AddArguments(rules, "personality", s_personalities);
        // 32-bit programs pass socketcall's arguments in memory, where no filter can look; they have socket() since Linux 4.3
        rules.Add(Refuse(["socketcall"], Errno.EPERM));
        if (!capabilities.Has(Capability.CAP_SYS_ADMIN))
        {
            rules.Add(new(["clone"], SeccompAction.Allow, null,
                [new(0, CloneNamespaceFlags, 0, SeccompOperator.MaskedEqual)]));
            // its flags are in memory, too; with ENOSYS the C library takes clone
            rules.Add(Refuse(["clone3"], Errno.ENOSYS));
        }

        return new SeccompProfile(SeccompAction.Errno, Errno.EPERM,
            [SeccompArchitecture.X8664, SeccompArchitecture.X86, SeccompArchitecture.X32], SeccompFlags.None, rules);
    }

    private static void AddTerminal(List<SeccompRule> rules)
    {
        // the kernel takes an unsigned int: comparing all 64 bits could be evaded with a high one
        foreach (uint request in (ReadOnlySpan<uint>)[TIOCSTI, TIOCLINUX])
            rules.Add(new(["ioctl"], SeccompAction.Errno, (uint)Errno.EPERM, [SeccompCondition.Int(1, request)]));
        // always true; without a condition it would replace the two above
        rules.Add(new(["ioctl"], SeccompAction.Allow, null, [new(1, 0, 0, SeccompOperator.MaskedEqual)]));
    }

    private static void AddArguments(List<SeccompRule> rules, string name, uint[] values)
    {
        foreach (uint value in values) rules.Add(new([name], SeccompAction.Allow, null, [SeccompCondition.Int(0, value)]));
    }

    private static SeccompRule Allow(string[] names) => new(names, SeccompAction.Allow, null, []);

    private static SeccompRule Refuse(string[] names, Errno errno) => new(names, SeccompAction.Errno, (uint)errno, []);
}
