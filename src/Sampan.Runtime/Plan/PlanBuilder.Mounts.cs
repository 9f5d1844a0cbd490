using Sampan.Linux;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Mounts;
using Sampan.Linux.Processes.Program;
using Sampan.Runtime.Spec;

namespace Sampan.Runtime.Plan;

/// <summary>
/// Mounts. Each is made detached, on a descriptor, and then moved onto a destination that was itself opened with
/// <c>openat2(RESOLVE_IN_ROOT)</c>: no symbolic link or race in the image can lead a mount out of the root.
/// </summary>
internal sealed partial class PlanBuilder
{
    private const int FromEmptyPath = 0x4;
    private const int ToFollowsSymlinks = 0x10;
    private const int ToEmptyPath = 0x40;
    private const int OpenTreeClone = 1;
    private const int CloseOnExecFlag = 0x80000;
    private const int Recursive = 0x8000;

    /// <summary>From now on no mount made here is seen by the host, nor the other way round.</summary>
    public void MakeHostMounts(string propagation)
    {
        (string name, MountFlags flag) = propagation switch
        {
            "shared" or "rshared" or "slave" or "rslave" => ("rslave", MountFlags.Slave),
            _ => ("rprivate", MountFlags.Private),
        };
        program.Step($"mount(-, /, -, {name})");
        program.Call(SyscallNumber.mount, 0, program.Text("/"), 0, (ulong)(flag | MountFlags.Recursive), 0);
    }

    /// <summary>Attaches the root file system, so far a detached mount, where it can be pivoted into.</summary>
    public void AttachRoot(string staging)
    {
        program.Step($"move_mount(root, {staging})");
        program.Call(SyscallNumber.move_mount, root, Empty, CurrentDirectory, program.Text(staging), FromEmptyPath | ToFollowsSymlinks);
    }

    /// <summary>Any mount of a configuration.</summary>
    public void Mount(MountSpec mount, CgroupView cgroups)
    {
        MountOptions options = MountOptions.Parse(mount.Options);
        if (mount.IsBind)
        {
            string source = mount.Source ?? throw new SpecException($"mounts: {mount.Destination}: a bind mount needs a source");
            Bind(source, Directory.Exists(source), mount.Destination, options);
        }
        else if (mount.Type is "cgroup" or "cgroup2") MountCgroups(mount, mount.Options, cgroups);
        else
        {
            string type = mount.Type ?? throw new SpecException($"mounts: {mount.Destination}: type is missing");
            MountFileSystem(type, mount.Source ?? type, mount.Destination, options);
        }
    }

    /// <summary>A new instance of a file system.</summary>
    public void MountFileSystem(string type, string source, string destination, MountOptions options)
    {
        program.Step($"mount({source}, {destination}, {type}, {options})");
        Cell mount = NewFileSystem(type, source, options);
        Attach(mount, OpenDirectory(destination));
    }

    /// <summary>A piece of the host's tree, as the host sees it at this moment.</summary>
    public void Bind(string source, bool sourceIsDirectory, string destination, MountOptions options)
    {
        program.Step($"bind({source}, {destination}, {options})");
        Cell tree = program.Cell();
        int flags = OpenTreeClone | CloseOnExecFlag | (options.Recursive ? Recursive : 0);
        program.Call(SyscallNumber.open_tree, CurrentDirectory, program.Text(source), flags).Into(tree);
        SetAttributes(tree, options);
        Attach(tree, sourceIsDirectory ? OpenDirectory(destination) : OpenFile(destination));
    }

    /// <summary>Makes the whole root read-only; mounts on it keep their own flags.</summary>
    public void MakeRootReadOnly()
    {
        program.Step("mount_setattr(root, ro)");
        program.Call(SyscallNumber.mount_setattr, root, Empty, EmptyPath, Attributes(MountAttributes.ReadOnly, 0, 0), 32);
    }

    /// <summary>Hides a path: a file behind /dev/null, a directory behind an empty one. What is not there needs no hiding.</summary>
    public void Mask(string path)
    {
        program.Step($"mask({path})");
        Label next = new();
        Label directory = new();
        Cell target = program.Cell();
        Cell hidden = program.Cell();
        nint status = program.Space(144);

        Resolve(path, OpenFlags.Path).Into(target).On(Errno.ENOENT, next).On(Errno.ENOTDIR, next);
        program.Call(SyscallNumber.open_tree, CurrentDirectory, program.Text("/dev/null"), OpenTreeClone | CloseOnExecFlag).Into(hidden);
        // must be the null device itself: with another file there, masking would show that one (CVE-2025-31133)
        program.Call(SyscallNumber.newfstatat, hidden, Empty, status, EmptyPath);
        program.Compare(status + StatDevice, 0x103, uint.MaxValue, Errno.ENODEV);
        program.Call(SyscallNumber.move_mount, hidden, Empty, target, Empty, FromEmptyPath | ToEmptyPath)
            .On(Errno.ENOTDIR, directory).On(Errno.EINVAL, directory); // a file does not go onto a directory; which of the two depends on the kernel
        program.Call(SyscallNumber.close, hidden);
        program.Call(SyscallNumber.close, target).OnSuccess(next);

        program.Mark(directory);
        program.Call(SyscallNumber.close, hidden);
        Attach(NewFileSystem("tmpfs", "tmpfs", MountOptions.Parse(["ro", "size=0k", "nosuid", "nodev", "noexec"])), target);
        program.Mark(next);
    }

    /// <summary>Makes a path and all below it read-only.</summary>
    public void Freeze(string path)
    {
        program.Step($"readonly({path})");
        Label next = new();
        Cell target = program.Cell();
        Cell tree = program.Cell();
        Resolve(path, OpenFlags.Path).Into(target).On(Errno.ENOENT, next).On(Errno.ENOTDIR, next);
        program.Call(SyscallNumber.open_tree, target, Empty, EmptyPath | OpenTreeClone | CloseOnExecFlag | Recursive).Into(tree);
        program.Call(SyscallNumber.mount_setattr, tree, Empty, EmptyPath | Recursive, Attributes(MountAttributes.ReadOnly, 0, 0), 32);
        Attach(tree, target);
        program.Mark(next);
    }

    /// <summary>
    /// The container's root becomes the root, and the host's tree is detached: from here on the host's files are out of reach.
    /// </summary>
    public void Pivot()
    {
        program.Step("pivot_root(root), umount(old root, detach)");
        program.Call(SyscallNumber.fchdir, root);
        nint here = program.Text(".");
        // the old root lands on top of the new one, where "." then means it: pivot_root(2), "pivot_root(".", ".")"
        program.Call(SyscallNumber.pivot_root, here, here);
        program.Call(SyscallNumber.umount2, here, 2);
        program.Call(SyscallNumber.chdir, program.Text("/"));
    }

    /// <summary>
    /// As <see cref="Pivot"/>, where the host's root can not be pivoted away (an initramfs): the container's root is moved over it.
    /// The host's whole procfs and sysfs mounts go before, because the kernel lets who sees them mount new ones without restriction.
    /// </summary>
    public void MoveRoot(IReadOnlyList<string> hidden)
    {
        program.Step("umount(host's proc and sysfs), mount(root, /, move), chroot(.)");
        foreach (string path in hidden) program.Call(SyscallNumber.umount2, program.Text(path), 2).Ignore(Errno.EINVAL).Ignore(Errno.ENOENT).Ignore(Errno.EPERM);
        program.Call(SyscallNumber.fchdir, root);
        nint here = program.Text(".");
        program.Call(SyscallNumber.mount, here, program.Text("/"), 0, 0x2000, 0); // MS_MOVE
        program.Call(SyscallNumber.chroot, here);
        program.Call(SyscallNumber.chdir, program.Text("/"));
    }

    private Cell NewFileSystem(string type, string source, MountOptions options)
    {
        const int flag = 0, text = 1, create = 6;
        Cell context = program.Cell();
        Cell mount = program.Cell();
        program.Call(SyscallNumber.fsopen, program.Text(type), 1).Into(context);
        program.Call(SyscallNumber.fsconfig, context, text, program.Text("source"), program.Text(source), 0);
        foreach ((string key, string? value) in options.Data)
        {
            if (value is null) program.Call(SyscallNumber.fsconfig, context, flag, program.Text(key), 0, 0);
            else program.Call(SyscallNumber.fsconfig, context, text, program.Text(key), program.Text(value), 0);
        }
        program.Call(SyscallNumber.fsconfig, context, create, 0, 0, 0);
        program.Call(SyscallNumber.fsmount, context, 1, (ulong)options.Set).Into(mount);
        program.Call(SyscallNumber.close, context);
        if (options.Propagation != 0) program.Call(SyscallNumber.mount_setattr, mount, Empty, EmptyPath, Attributes(0, 0, options.Propagation), 32);
        return mount;
    }

    private void SetAttributes(Cell tree, MountOptions options)
    {
        if (options.Set != 0 || options.Clear != 0)
            program.Call(SyscallNumber.mount_setattr, tree, Empty, EmptyPath, Attributes(options.Set, options.Clear, 0), 32);
        if (options.RecursiveSet != 0 || options.RecursiveClear != 0)
            program.Call(SyscallNumber.mount_setattr, tree, Empty, EmptyPath | Recursive, Attributes(options.RecursiveSet, options.RecursiveClear, 0), 32);
        if (options.Propagation != 0)
            program.Call(SyscallNumber.mount_setattr, tree, Empty, EmptyPath | (options.PropagationRecursive ? Recursive : 0), Attributes(0, 0, options.Propagation), 32);
    }

    // struct mount_attr: attr_set, attr_clr, propagation, userns_fd
    private nint Attributes(MountAttributes set, MountAttributes clear, MountFlags propagation)
    {
        // access time is one field of two bits, which must be cleared before it is set
        if ((set & MountAttributes.AccessTimeMask) != 0) clear |= MountAttributes.AccessTimeMask;
        return program.Data<ulong>([(ulong)set, (ulong)clear, (ulong)propagation, 0]);
    }

    private void Attach(Cell mount, Cell destination)
    {
        program.Call(SyscallNumber.move_mount, mount, Empty, destination, Empty, FromEmptyPath | ToEmptyPath);
        program.Call(SyscallNumber.close, mount);
        program.Call(SyscallNumber.close, destination);
    }
}
