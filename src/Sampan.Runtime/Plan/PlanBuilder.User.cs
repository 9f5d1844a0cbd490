using Sampan.Linux;
using Sampan.Linux.Capabilities;
using Sampan.Linux.Errors;
using Sampan.Linux.Seccomp;
using Sampan.Runtime.Spec;
using static Sampan.Linux.KernelNumber;

namespace Sampan.Runtime.Plan;

/// <summary>Who the process is and what it may do: the last steps before exec.</summary>
internal sealed partial class PlanBuilder
{
    /// <summary>Takes capabilities out of the bounding set: no later exec can bring them back.</summary>
    public void Bound(CapabilitySet bounding)
    {
        program.Step($"capbset_drop(all but {bounding})");
        for (int capability = 0; capability <= CapabilitySet.Last; capability++)
            if ((bounding.Bits & (1UL << capability)) == 0) program.Call(SyscallNumber.prctl, PR_CAPBSET_DROP, capability, 0, 0, 0);
    }

    /// <summary>
    /// Takes on the user. Capabilities are kept over the change, because the seccomp filter is still to be loaded, and what
    /// the process finally has is set right after it.
    /// </summary>
    /// <param name="mayDropGroups">False in a user namespace with a single id, where setgroups(2) is denied.</param>
    public void Become(UserSpec user, bool mayDropGroups)
    {
        program.Step($"setuser({user.Uid}:{user.Gid}{string.Concat(user.AdditionalGids.Select(gid => $",{gid}"))})");
        program.Call(SyscallNumber.prctl, PR_SET_KEEPCAPS, 1, 0, 0, 0);
        if (mayDropGroups) program.Call(SyscallNumber.setgroups, user.AdditionalGids.Count, program.Data<uint>([.. user.AdditionalGids]));
        program.Call(SyscallNumber.setresgid, user.Gid, user.Gid, user.Gid);
        program.Call(SyscallNumber.setresuid, user.Uid, user.Uid, user.Uid);
    }

    /// <summary>Root inside a user namespace just entered: files made during set-up belong to the container's root.</summary>
    public void BecomeRootOfNamespace(ContainerSpec spec)
    {
        program.Step("setuser(0:0 of the user namespace)");
        bool keepsGroups = spec.Process?.KeepsGroups == true;
        if (!keepsGroups && (spec.GidMappings.Count != 1 || spec.GidMappings[0].Size > 1)) program.Call(SyscallNumber.setgroups, 0, 0);
        program.Call(SyscallNumber.setresgid, 0, 0, 0);
        program.Call(SyscallNumber.setresuid, 0, 0, 0);
    }

    /// <summary>Exactly these capabilities, capabilities(7); inheritable and ambient too (CVE-2022-29162).</summary>
    public void Keep(CapabilitySets sets)
    {
        program.Step($"capset({sets.Effective})");
        SetCapabilities(sets.Effective.Bits, sets.Permitted.Bits, sets.Inheritable.Bits);
        program.Call(SyscallNumber.prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0).Ignore(Errno.EINVAL);
        ulong ambient = sets.Ambient.Bits & sets.Permitted.Bits & sets.Inheritable.Bits;
        for (int capability = 0; capability < 64; capability++)
            if ((ambient & (1UL << capability)) != 0) program.Call(SyscallNumber.prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
    }

    /// <summary>The process's capabilities and CAP_SYS_ADMIN, which loading a filter needs.</summary>
    public void KeepForSeccomp(CapabilitySets sets)
    {
        const ulong admin = 1UL << (int)Capability.CAP_SYS_ADMIN;
        program.Step("capset(CAP_SYS_ADMIN for seccomp)");
        SetCapabilities(sets.Effective.Bits | admin, sets.Permitted.Bits | sets.Effective.Bits | admin, 0);
    }

    public void ForbidNewPrivileges()
    {
        program.Step("prctl(set_no_new_privs)");
        program.Call(SyscallNumber.prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    }

    /// <summary>Loads the filter, seccomp(2). Only the calls that follow in this plan are subject to it.</summary>
    /// <param name="notifies">The descriptor on which the kernel asks goes to the parent, over the channel.</param>
    public void Filter(SeccompProfile profile, bool notifies)
    {
        BpfInstruction[] filter = Compile(profile);
        program.Step($"seccomp(filter, {filter.Length} instructions)");
        SeccompFlags flags = profile.Flags;
        if (!notifies) flags &= ~SeccompFlags.WaitKillable;     // of no meaning then, and refused by the kernel
        else
        {
            flags |= SeccompFlags.NewListener;
            // both return something else: the kernel wants to be told that the descriptor is wanted
            if ((flags & SeccompFlags.ThreadSync) != 0) flags |= SeccompFlags.ThreadSyncEsrch;
        }
        nint code = program.Data<BpfInstruction>(filter);
        nint header = program.Data<nint>([filter.Length, code]); // struct sock_fprog: unsigned short len, padding, pointer
        if (!notifies)
        {
            program.Call(SyscallNumber.seccomp, SECCOMP_SET_MODE_FILTER, (uint)flags, header);
            return;
        }
        Message message = new(program, Linux.Processes.ChildMessage.Listener);
        program.Call(SyscallNumber.seccomp, SECCOMP_SET_MODE_FILTER, (uint)flags, header).Into(message.Descriptor);
        program.Call(SyscallNumber.sendmsg, channel, message.Header, 0).Retry();
        program.Call(SyscallNumber.close, message.Descriptor);
    }

    private static BpfInstruction[] Compile(SeccompProfile profile)
    {
        try
        {
            return SeccompCompiler.Compile(profile);
        }
        catch (FormatException error)
        {
            throw new SpecException($"linux.seccomp: {error.Message}");
        }
    }

    private void SetCapabilities(ulong effective, ulong permitted, ulong inheritable)
    {
        nint header = program.Data<uint>([CapabilityVersion, 0]);
        nint data = program.Data<uint>([
            (uint)effective, (uint)permitted, (uint)inheritable,
            (uint)(effective >> 32), (uint)(permitted >> 32), (uint)(inheritable >> 32)]);
        program.Call(SyscallNumber.capset, header, data);
    }
}
