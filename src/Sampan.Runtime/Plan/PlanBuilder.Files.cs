using Sampan.Linux;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Processes.Program;
using Sampan.Runtime.Spec;
using static Sampan.Linux.KernelNumber;

namespace Sampan.Runtime.Plan;

/// <summary>Files inside the root: reached from its descriptor only, with <c>openat2(RESOLVE_IN_ROOT)</c>.</summary>
internal sealed partial class PlanBuilder
{
    private nint _empty;

    private nint Empty => _empty == 0 ? _empty = program.Text("") : _empty;

    /// <summary>Makes a directory with its parents, when it is not there.</summary>
    public void MakeDirectory(string path)
    {
        program.Step($"mkdir({path})");
        program.Call(SyscallNumber.close, OpenDirectory(path));
    }

    public void SymbolicLink(string target, string path)
    {
        program.Step($"symlink({target}, {path})");
        (Cell parent, string name) = OpenParent(path);
        program.Call(SyscallNumber.symlinkat, program.Text(target), parent, program.Text(name)).Ignore(Errno.EEXIST);
        program.Call(SyscallNumber.close, parent);
    }

    /// <summary>A device node; one that exists must be the same device.</summary>
    public void MakeDevice(DeviceSpec device)
    {
        uint type = device.Type switch { 'b' => S_IFBLK, 'p' => S_IFIFO, _ => S_IFCHR };
        ulong number = Number(device.Major, device.Minor);
        program.Step($"mknod({device.Path}, {device.Type} {device.Major}:{device.Minor}, {Octal(device.Mode)})");
        Label made = new();
        Label exists = new();
        nint status = program.Space(SizeOfStat);
        (Cell parent, string name) = OpenParent(device.Path);
        nint text = program.Text(name);
        program.Call(SyscallNumber.mknodat, parent, text, type | device.Mode, number).On(Errno.EEXIST, exists).OnSuccess(made);
        program.Mark(exists);
        program.Call(SyscallNumber.newfstatat, parent, text, status, AT_SYMLINK_NOFOLLOW);
        program.Compare(status + StatMode, type, S_IFMT, Errno.EEXIST);
        program.Compare(status + StatDevice, (uint)number, uint.MaxValue, Errno.EEXIST);
        program.Mark(made);
        if (device.Uid != 0 || device.Gid != 0) program.Call(SyscallNumber.fchownat, parent, text, device.Uid, device.Gid, AT_SYMLINK_NOFOLLOW);
        program.Call(SyscallNumber.close, parent);
    }

    /// <summary>Writes a kernel parameter. It is that of the namespaces of the one who writes, through whichever procfs.</summary>
    public void Sysctl(string key, string value)
    {
        string path = key.Contains('/') ? key : key.Replace('.', '/');
        program.Step($"write(/proc/sys/{path}, {value})");
        WriteProc($"sys/{path}", System.Text.Encoding.UTF8.GetBytes(value));
    }

    /// <summary>
    /// A terminal of the container's own devpts: its slave becomes stdin, stdout, stderr, the controlling terminal and
    /// <c>/dev/console</c>; its master goes to the parent over the channel.
    /// </summary>
    public void Console(ushort rows, ushort columns, uint owner)
    {
        program.Step("terminal: /dev/pts/ptmx, /dev/console");
        Message message = new(program, Linux.Processes.ChildMessage.Terminal);
        Cell tree = program.Cell();
        Resolve("/dev/pts/ptmx", OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal).Into(message.Descriptor);
        Cell slave = OpenPeer(message.Descriptor, rows, columns, owner);
        program.Call(SyscallNumber.open_tree, slave, Empty, AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC).Into(tree);
        Attach(tree, OpenFile("/dev/console"));
        HandOver(message, slave);
    }

    /// <summary>A terminal for a further process of a running container, whose root is already entered.</summary>
    public void ConsoleOfRunning(ushort rows, ushort columns, uint owner)
    {
        program.Step("terminal: /dev/pts/ptmx");
        Message message = new(program, Linux.Processes.ChildMessage.Terminal);
        program.Call(SyscallNumber.openat, AT_FDCWD, program.Text("/dev/pts/ptmx"), (int)(OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal | OpenFlags.CloseOnExec))
            .Into(message.Descriptor);
        HandOver(message, OpenPeer(message.Descriptor, rows, columns, owner));
    }

    // the slave by descriptor, not by its path: nobody can put another file there meanwhile (CVE-2025-52565)
    private Cell OpenPeer(Cell master, ushort rows, ushort columns, uint owner)
    {
        Cell slave = program.Cell();
        program.Call(SyscallNumber.ioctl, master, TIOCSPTLCK, program.Space(4));
        program.Call(SyscallNumber.ioctl, master, TIOCGPTPEER, (int)(OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal | OpenFlags.CloseOnExec)).Into(slave);
        if (rows != 0 && columns != 0) program.Call(SyscallNumber.ioctl, slave, TIOCSWINSZ, program.Data<ushort>([rows, columns, 0, 0]));
        program.Call(SyscallNumber.fchown, slave, owner, uint.MaxValue).Ignore(Errno.EPERM).Ignore(Errno.EINVAL);
        return slave;
    }

    private void HandOver(Message message, Cell slave)
    {
        program.Call(SyscallNumber.sendmsg, channel, message.Header, 0).Retry();
        program.Call(SyscallNumber.close, message.Descriptor);
        program.Call(SyscallNumber.ioctl, slave, TIOCSCTTY, 0);
        for (int i = 0; i < 3; i++) program.Call(SyscallNumber.dup3, slave, i, 0);
        program.Call(SyscallNumber.close, slave);
    }

    /// <summary>Device number as mknod(2) takes it, makedev(3).</summary>
    private static ulong Number(uint major, uint minor) =>
        (minor & 0xFF) | ((major & 0xFFFu) << 8) | ((ulong)(minor & ~0xFFu) << 12) | ((ulong)(major & ~0xFFFu) << 32);

    private CallBuilder Resolve(string path, OpenFlags flags, ResolveFlags resolve = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, uint mode = 0)
    {
        nint how = program.Data<ulong>([(ulong)(flags | OpenFlags.CloseOnExec), mode, (ulong)resolve]);
        return program.Call(SyscallNumber.openat2, root, program.Text(path), how, SizeOfOpenHow).Retry();
    }

    /// <summary>A directory's descriptor; it and its parents are made where missing.</summary>
    /// <param name="followLast">False refuses a symbolic link at the end (ENOTDIR).</param>
    private Cell OpenDirectory(string path, bool followLast = true)
    {
        Label done = new();
        Cell directory = program.Cell();
        OpenFlags flags = OpenFlags.Path | OpenFlags.Directory | (followLast ? 0 : OpenFlags.NoFollow);
        Resolve(path, flags).Into(directory).OnSuccess(done).Ignore(Errno.ENOENT);
        MakeParents(path, includingLast: true);
        Resolve(path, flags).Into(directory);
        program.Mark(done);
        return directory;
    }

    /// <summary>A file's descriptor; it and its parents are made where missing.</summary>
    private Cell OpenFile(string path)
    {
        Label done = new();
        Cell file = program.Cell();
        Cell made = program.Cell();
        Resolve(path, OpenFlags.Path).Into(file).OnSuccess(done).Ignore(Errno.ENOENT);
        MakeParents(path, includingLast: false);
        Resolve(path, OpenFlags.Create | OpenFlags.WriteOnly | OpenFlags.NonBlocking | OpenFlags.NoControllingTerminal, mode: 0x1A4).Into(made);
        program.Call(SyscallNumber.close, made);
        Resolve(path, OpenFlags.Path).Into(file);
        program.Mark(done);
        return file;
    }

    private (Cell Parent, string Name) OpenParent(string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (OpenDirectory("/" + string.Join('/', parts[..^1])), parts[^1]);
    }

    private void MakeParents(string path, bool includingLast)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < parts.Length - (includingLast ? 0 : 1); i++)
        {
            Cell parent = program.Cell();
            Resolve("/" + string.Join('/', parts[..i]), OpenFlags.Path | OpenFlags.Directory).Into(parent);
            program.Call(SyscallNumber.mkdirat, parent, program.Text(parts[i]), 0x1ED).Ignore(Errno.EEXIST);
            program.Call(SyscallNumber.close, parent);
        }
    }

    /// <summary>A message on the channel that carries one descriptor, unix(7) SCM_RIGHTS.</summary>
    private readonly struct Message
    {
        public Message(ChildProgram program, int kind)
        {
            nint control = program.Space(24);
            nint payload = program.Data<int>([kind, 0]);
            nint vector = program.Data<nint>([payload, 8]);
            ChildProgram.Write(control, [(nint)20, 1 | ((nint)1 << 32)]); // cmsg_len, SOL_SOCKET, SCM_RIGHTS
            Descriptor = new Cell(control + 16);
            Header = program.Data<nint>([0, 0, vector, 1, control, 24, 0]);
        }

        public Cell Descriptor { get; }

        public nint Header { get; }
    }
}
