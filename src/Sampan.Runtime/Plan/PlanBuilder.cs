using Sampan.Linux;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Events;
using Sampan.Linux.Processes;
using Sampan.Linux.Processes.Program;
using static Sampan.Linux.KernelNumber;
using static Sampan.Linux.SysSocket;

namespace Sampan.Runtime.Plan;

/// <summary>
/// Adds the steps of a container start to a <see cref="ChildProgram"/>, one method a step. This file has the steps about the
/// process itself; mounts, files and the user each have a file of their own beside it.
/// </summary>
internal sealed partial class PlanBuilder(ChildProgram program, int root, int channel)
{
    /// <summary>How the line of a step begins at which the child waits for its parent.</summary>
    public const string Waiting = "await host: ";

    private static readonly int[] Uncatchable = [SignalNumber.Kill, SignalNumber.Stop, 32, 33];

    /// <summary>Tells the parent that the child came so far, and waits until it says to go on.</summary>
    public void AwaitHost(string forWhat)
    {
        program.Step($"{Waiting}{forWhat}");
        Cell received = program.Cell(0);
        program.Call(SyscallNumber.write, channel, program.Data<int>([ChildMessage.Waiting, 0]), 8);
        program.Call(SyscallNumber.read, channel, program.Space(8), 8).Retry().Into(received);
        // zero bytes: the parent is gone, and nobody would ever clean up behind this container
        program.Compare(received.Address, 8, uint.MaxValue, Errno.ECANCELED);
    }

    /// <summary>Enters one hierarchy of cgroup v1. By itself and before anything else, so that nothing it does escapes the limits.</summary>
    public void EnterCgroup(string path, int tasks)
    {
        program.Step($"write({path}, 0)");
        program.Call(SyscallNumber.write, tasks, program.Bytes("0"u8), 1);
    }

    /// <summary>Signals that the caller ignored would stay ignored through clone and exec.</summary>
    public void ResetSignals()
    {
        program.Step("sigaction(all, SIG_DFL), sigprocmask(none)");
        nint none = program.Space(32);
        for (int signal = 1; signal <= SignalNumber.Maximum; signal++)
            if (!Uncatchable.Contains(signal)) program.Call(SyscallNumber.rt_sigaction, signal, none, 0, 8);
        program.Call(SyscallNumber.rt_sigprocmask, SIG_SETMASK, none, 0, 8);
    }

    /// <summary>A session of its own: the caller's terminal can not be reached through TIOCSTI (CVE-2017-5226).</summary>
    public void NewSession()
    {
        program.Step("setsid()");
        program.Call(SyscallNumber.setsid);
    }

    /// <summary>A fresh session keyring: keys of the caller stay out of reach, keyrings(7).</summary>
    public void NewKeyring()
    {
        program.Step("keyctl(join_session_keyring, new)");
        program.Call(SyscallNumber.keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0)
            .Ignore(Errno.ENOSYS).Ignore(Errno.EPERM).Ignore(Errno.EDQUOT);
    }

    /// <summary>The parent's end of the channel, of which a clone has a copy: as long as it is open here, the channel never ends.</summary>
    public void LeaveParentsEnd(int descriptor)
    {
        program.Step("close(parent's end of the channel)");
        program.Call(SyscallNumber.close, descriptor);
    }

    /// <summary>The process ends when the one that made it does, however that ended, and also when it already has.</summary>
    public void DieWithParent()
    {
        program.Step("prctl(set_pdeathsig, SIGKILL)");
        program.Call(SyscallNumber.prctl, PR_SET_PDEATHSIG, SignalNumber.Kill);
        Label alive = new();
        Cell peeked = program.Cell(0);
        program.Call(SyscallNumber.recvfrom, channel, program.Space(8), 8, MSG_PEEK | MSG_DONTWAIT).Into(peeked).On(Errno.EAGAIN, alive);
        program.Compare(peeked.Address, 8, uint.MaxValue, Errno.ECANCELED); // zero bytes: nobody sends any more
        program.Mark(alive);
    }

    public void Unshare(string name, ulong flag)
    {
        program.Step($"unshare({name})");
        program.Call(SyscallNumber.unshare, flag);
    }

    /// <summary>Enters existing namespaces: of a pidfd, or one by its own descriptor.</summary>
    public void Join(string description, int fd, ulong flags)
    {
        program.Step($"setns({description})");
        program.Call(SyscallNumber.setns, fd, flags);
    }

    public void Hostname(string name)
    {
        program.Step($"sethostname({name})");
        program.Call(SyscallNumber.sethostname, program.Text(name), System.Text.Encoding.UTF8.GetByteCount(name));
    }

    public void DomainName(string name)
    {
        program.Step($"setdomainname({name})");
        program.Call(SyscallNumber.setdomainname, program.Text(name), System.Text.Encoding.UTF8.GetByteCount(name));
    }

    public void ResourceLimit(Spec.ResourceLimit limit)
    {
        program.Step($"prlimit({limit.Name}, {limit.Soft}:{limit.Hard})");
        program.Call(SyscallNumber.prlimit64, 0, limit.Number, program.Data<ulong>([limit.Soft, limit.Hard]), 0);
    }

    public void Umask(uint mask)
    {
        program.Step($"umask({Octal(mask)})");
        program.Call(SyscallNumber.umask, mask);
    }

    /// <summary>Descriptors 0, 1 and 2; a number equal to its target stays as it is.</summary>
    public void StandardStreams(int input, int output, int error)
    {
        program.Step("stdio");
        Dup(input, 0);
        Dup(output, 1);
        Dup(error, 2);

        void Dup(int from, int to)
        {
            if (from != to) program.Call(SyscallNumber.dup3, from, to, 0);
        }
    }

    /// <summary>
    /// Standard streams that are the host's null device become the container's own: no file of the host stays open in it, and it can be
    /// saved by CRIU, which knows the container's mounts only.
    /// </summary>
    /// <param name="entered">The container's root is the root already.</param>
    public void OwnNull(IReadOnlyList<int> streams, bool entered = false)
    {
        program.Step("stdio: the container's /dev/null");
        Label refused = new();
        Cell own = program.Cell();
        nint status = program.Space(SizeOfStat);
        CallBuilder open = entered ? program.Call(SyscallNumber.openat, AT_FDCWD, program.Text("/dev/null"), (int)(OpenFlags.ReadWrite | OpenFlags.NoFollow | OpenFlags.CloseOnExec))
            : Resolve("/dev/null", OpenFlags.ReadWrite);
        open.Into(own).On(Errno.ENOENT, refused).On(Errno.EPERM, refused).On(Errno.EACCES, refused);
        program.Call(SyscallNumber.newfstatat, own, Empty, status, AT_EMPTY_PATH);
        program.Compare(status + StatMode, S_IFCHR, S_IFMT, Errno.ENODEV);
        program.Compare(status + StatDevice, 0x103, uint.MaxValue, Errno.ENODEV);
        foreach (int stream in streams) program.Call(SyscallNumber.dup3, own, stream, 0);
        program.Call(SyscallNumber.close, own);
        program.Mark(refused);
    }

    /// <summary>No descriptor but 0, 1, 2 and the preserved ones survives the exec (CVE-2024-21626).</summary>
    public void CloseOnExec(int preserved)
    {
        program.Step($"close_range({3 + preserved}-, cloexec)");
        program.Call(SyscallNumber.close_range, 3 + preserved, uint.MaxValue, CLOSE_RANGE_CLOEXEC);
    }

    /// <summary>
    /// Into the working directory, which must lie inside the root: a path such as <c>/proc/self/fd/8</c> would lead to
    /// a directory of the host (CVE-2024-21626), and the kernel then says so by a path that does not begin with a slash.
    /// </summary>
    public void ChangeDirectory(string path)
    {
        program.Step($"chdir({path})");
        nint buffer = program.Space(PATH_MAX);
        program.Call(SyscallNumber.chdir, program.Text(path));
        program.Call(SyscallNumber.getcwd, buffer, PATH_MAX);
        program.Compare(buffer, '/', 0xFF, Errno.ENOENT);
    }

    private static string Octal(uint mode) => mode == 0 ? "0" : "0" + Convert.ToString(mode, 8);
}
