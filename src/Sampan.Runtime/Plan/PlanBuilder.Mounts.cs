using Sampan.Linux;
using Sampan.Linux.Errors;
using Sampan.Linux.Files;
using Sampan.Linux.Mounts;
using Sampan.Linux.Processes.Program;
using Sampan.Runtime.Spec;
using static Sampan.Linux.KernelNumber;

namespace Sampan.Runtime.Plan;

/// <summary>
/// Mounts. Each is made detached, on a descriptor, and then moved onto a destination that was itself opened with
/// <c>openat2(RESOLVE_IN_ROOT)</c>: no symbolic link or race in the image can lead a mount out of the root.
/// </summary>
internal sealed partial class PlanBuilder
{
    private Cell _staging;

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
        program.Call(SyscallNumber.move_mount, root, Empty, AT_FDCWD, program.Text(staging), MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS);
    }

    /// <summary>A mount made in the root must not appear below the directory on the host that it was cloned from.</summary>
    public void SeparateRoot(string? propagation)
    {
        (string name, MountFlags flag) = propagation is "slave" or "rslave" ? ("rslave", MountFlags.Slave) : ("rprivate", MountFlags.Private);
        program.Step($"mount_setattr(root, {name})");
        program.Call(SyscallNumber.mount_setattr, root, Empty, AT_EMPTY_PATH | AT_RECURSIVE, Attributes(0, 0, flag), SizeOfMountAttr);
    }

    /// <summary>Takes hold of that place while the caller's files can be reached; <see cref="AttachRoot()"/> uses it.</summary>
    public void OpenStaging(string staging)
    {
        program.Step($"open({staging})");
        _staging = program.Cell();
        program.Call(SyscallNumber.openat, AT_FDCWD, program.Text(staging), (int)(OpenFlags.Path | OpenFlags.Directory | OpenFlags.CloseOnExec)).Into(_staging);
    }

    /// <summary>Makes the root's mount of that place, with all that is mounted below it, in the place of the descriptor that stands for it.</summary>
    public void CloneRoot()
    {
        program.Step("open_tree(staging, clone|recursive)");
        Cell tree = program.Cell();
        program.Call(SyscallNumber.open_tree, _staging, Empty, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_EMPTY_PATH).Into(tree);
        program.Call(SyscallNumber.dup3, tree, root, (int)OpenFlags.CloseOnExec);
        program.Call(SyscallNumber.close, tree);
    }

    public void AttachRoot()
    {
        program.Step("move_mount(root, staging)");
        program.Call(SyscallNumber.move_mount, root, Empty, _staging, Empty, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
        program.Call(SyscallNumber.close, _staging);
    }

    /// <summary>How the root's mounts are related to those that are made from them later; after the pivot, which no shared root allows.</summary>
    public void PropagateRoot(string propagation)
    {
        MountFlags flag = propagation is "shared" or "rshared" ? MountFlags.Shared : MountFlags.Unbindable;
        program.Step($"mount_setattr(root, {propagation})");
        program.Call(SyscallNumber.mount_setattr, root, Empty, AT_EMPTY_PATH | (propagation[0] == 'r' ? AT_RECURSIVE : 0), Attributes(0, 0, flag), SizeOfMountAttr);
    }

    /// <summary>Takes the source of a bind mount before the host's mounts are cut off, when it is to stay connected with them.</summary>
    /// <returns>The tree, or null for one that is taken when it is mounted.</returns>
    public Cell? TakeSource(MountSpec mount)
    {
        MountOptions options = MountOptions.Parse(mount.Options);
        if (!mount.IsBind || !options.Propagates || options.Remount) return null;
        program.Step($"open_tree({mount.Source}, {options})");
        return OpenTree(mount.Source!, options);
    }

    /// <summary>Any mount of a configuration.</summary>
    /// <param name="tree">The tree to mount when it is made already.</param>
    /// <param name="label">The mount option with the SELinux context of a new file system, or null.</param>
    public void Mount(MountSpec mount, CgroupView cgroups, Cell? tree, (string Option, string Context)? label)
    {
        MountOptions options = MountOptions.Parse(mount.Options);
        if (options.Remount) Remount(mount.Destination, options);
        else if (mount.IsBind)
        {
            string source = mount.Source ?? throw new SpecException($"mounts: {mount.Destination}: a bind mount needs a source");
#pragma warning disable RS0030 // the source is a path of the host
            bool isDirectory = Directory.Exists(source);
#pragma warning restore RS0030
            Bind(source, isDirectory, mount.Destination, options, tree);
        }
        else if (tree is { } made)
        {
            program.Step($"mount({mount.Source ?? mount.Type}, {mount.Destination}, {mount.Type}, {options})");
            Attach(made, OpenDirectory(mount.Destination));
        }
        else if (mount.Type is "cgroup" or "cgroup2") MountCgroups(mount, mount.Options, cgroups);
        else
        {
            string type = mount.Type ?? throw new SpecException($"mounts: {mount.Destination}: type is missing");
            if (label is { } given && type is not ("proc" or "sysfs" or "cgroup2")) options.Data.Add(given);
            MountFileSystem(type, mount.Source ?? type, mount.Destination, options);
        }
    }

    /// <summary>Changes the attributes of a mount, and the options of its file system where some are given.</summary>
    private void Remount(string destination, MountOptions options)
    {
        program.Step($"remount({destination}, {options})");
        Cell target = program.Cell();
        Resolve(destination, OpenFlags.Path).Into(target);
        SetAttributes(target, options);
        if (options.Data.Count > 0)
        {
            Cell context = program.Cell();
            program.Call(SyscallNumber.fspick, target, Empty, FSPICK_EMPTY_PATH | FSPICK_CLOEXEC).Into(context);
            foreach ((string key, string? value) in options.Data)
                program.Call(SyscallNumber.fsconfig, context, value is null ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING, program.Text(key), value is null ? 0 : program.Text(value), 0);
            program.Call(SyscallNumber.fsconfig, context, FSCONFIG_CMD_RECONFIGURE, 0, 0, 0);
            program.Call(SyscallNumber.close, context);
        }
        program.Call(SyscallNumber.close, target);
    }

    /// <summary>A new instance of a file system.</summary>
    public void MountFileSystem(string type, string source, string destination, MountOptions options)
    {
        program.Step($"mount({source}, {destination}, {type}, {options})");
        Cell mount = NewFileSystem(type, source, options);
        // what is written to /proc and masked there is meant for this mount: a link must not lead it elsewhere (CVE-2019-19921)
        Attach(mount, OpenDirectory(destination, followLast: type is not ("proc" or "sysfs")));
    }

    /// <summary>A piece of the host's tree, as the host sees it at this moment.</summary>
    public void Bind(string source, bool sourceIsDirectory, string destination, MountOptions options, Cell? taken = null)
    {
        program.Step($"bind({source}, {destination}, {options})");
        Cell tree = taken ?? OpenTree(source, options);
        SetAttributes(tree, options);
        Attach(tree, sourceIsDirectory ? OpenDirectory(destination) : OpenFile(destination));
    }

    private Cell OpenTree(string source, MountOptions options)
    {
        Cell tree = program.Cell();
        int flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (options.Recursive ? AT_RECURSIVE : 0);
        program.Call(SyscallNumber.open_tree, AT_FDCWD, program.Text(source), flags).Into(tree);
        return tree;
    }

    /// <summary>Makes the whole root read-only; mounts on it keep their own flags.</summary>
    public void MakeRootReadOnly()
    {
        program.Step("mount_setattr(root, ro)");
        program.Call(SyscallNumber.mount_setattr, root, Empty, AT_EMPTY_PATH, Attributes(MountAttributes.ReadOnly, 0, 0), SizeOfMountAttr);
    }

    /// <summary>Hides a path: a file behind /dev/null, a directory behind an empty one. What is not there needs no hiding.</summary>
    public void Mask(string path)
    {
        program.Step($"mask({path})");
        Label next = new();
        Label directory = new();
        Cell target = program.Cell();
        Cell hidden = program.Cell();
        nint status = program.Space(SizeOfStat);

        Resolve(path, OpenFlags.Path).Into(target).On(Errno.ENOENT, next).On(Errno.ENOTDIR, next);
        program.Call(SyscallNumber.open_tree, AT_FDCWD, program.Text("/dev/null"), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC).Into(hidden);
        // must be the null device itself: with another file there, masking would show that one (CVE-2025-31133)
        program.Call(SyscallNumber.newfstatat, hidden, Empty, status, AT_EMPTY_PATH);
        program.Compare(status + StatMode, S_IFCHR, S_IFMT, Errno.ENODEV);
        program.Compare(status + StatDevice, 0x103, uint.MaxValue, Errno.ENODEV);
        program.Call(SyscallNumber.move_mount, hidden, Empty, target, Empty, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH)
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
        program.Call(SyscallNumber.open_tree, target, Empty, AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE).Into(tree);
        program.Call(SyscallNumber.mount_setattr, tree, Empty, AT_EMPTY_PATH | AT_RECURSIVE, Attributes(MountAttributes.ReadOnly, 0, 0), SizeOfMountAttr);
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
        program.Call(SyscallNumber.umount2, here, MNT_DETACH);
        program.Call(SyscallNumber.chdir, program.Text("/"));
    }

    /// <summary>Without a mount namespace of its own the process only gets another root directory, as chroot(2) has it.</summary>
    public void ChangeRoot()
    {
        program.Step("chroot(root)");
        program.Call(SyscallNumber.fchdir, root);
        program.Call(SyscallNumber.chroot, program.Text("."));
    }

    /// <summary>
    /// As <see cref="Pivot"/>, where the host's root can not be pivoted away (an initramfs): the container's root is moved over it.
    /// The host's whole procfs and sysfs mounts go before, because the kernel lets who sees them mount new ones without restriction.
    /// </summary>
    public void MoveRoot(IReadOnlyList<string> hidden)
    {
        program.Step("umount(host's proc and sysfs), mount(root, /, move), chroot(.)");
        foreach (string path in hidden) program.Call(SyscallNumber.umount2, program.Text(path), MNT_DETACH).Ignore(Errno.EINVAL).Ignore(Errno.ENOENT).Ignore(Errno.EPERM);
        program.Call(SyscallNumber.fchdir, root);
        nint here = program.Text(".");
        program.Call(SyscallNumber.mount, here, program.Text("/"), 0, MS_MOVE, 0);
        program.Call(SyscallNumber.chroot, here);
        program.Call(SyscallNumber.chdir, program.Text("/"));
    }

    private Cell NewFileSystem(string type, string source, MountOptions options)
    {
        Cell context = program.Cell();
        Cell mount = program.Cell();
        Label refused = new();
        Label done = new();
        // sysfs shows a network namespace: where that one is not the container's own, a user namespace may only show the host's
        bool mayShowHosts = type == "sysfs";
        Or(program.Call(SyscallNumber.fsopen, program.Text(type), FSOPEN_CLOEXEC).Into(context));
        program.Call(SyscallNumber.fsconfig, context, FSCONFIG_SET_STRING, program.Text("source"), program.Text(source), 0);
        foreach ((string key, string? value) in options.Data)
        {
            if (value is null) program.Call(SyscallNumber.fsconfig, context, FSCONFIG_SET_FLAG, program.Text(key), 0, 0);
            else program.Call(SyscallNumber.fsconfig, context, FSCONFIG_SET_STRING, program.Text(key), program.Text(value), 0);
        }
        Or(program.Call(SyscallNumber.fsconfig, context, FSCONFIG_CMD_CREATE, 0, 0, 0));
        Or(program.Call(SyscallNumber.fsmount, context, FSMOUNT_CLOEXEC, (ulong)options.Set).Into(mount));
        CallBuilder closed = program.Call(SyscallNumber.close, context);
        if (mayShowHosts)
        {
            closed.OnSuccess(done);
            program.Mark(refused);
            program.Call(SyscallNumber.open_tree, AT_FDCWD, program.Text("/sys"), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE).Into(mount);
            program.Call(SyscallNumber.mount_setattr, mount, Empty, AT_EMPTY_PATH | AT_RECURSIVE, Attributes(options.Set, 0, 0), SizeOfMountAttr);
            program.Mark(done);
        }
        if (options.Propagation != 0) program.Call(SyscallNumber.mount_setattr, mount, Empty, AT_EMPTY_PATH, Attributes(0, 0, options.Propagation), SizeOfMountAttr);
        return mount;

        void Or(CallBuilder call)
        {
            if (mayShowHosts) call.On(Errno.EPERM, refused);
        }
    }

    private void SetAttributes(Cell tree, MountOptions options)
    {
        if (options.Set != 0 || options.Clear != 0)
            program.Call(SyscallNumber.mount_setattr, tree, Empty, AT_EMPTY_PATH, Attributes(options.Set, options.Clear, 0), SizeOfMountAttr);
        if (options.RecursiveSet != 0 || options.RecursiveClear != 0)
            program.Call(SyscallNumber.mount_setattr, tree, Empty, AT_EMPTY_PATH | AT_RECURSIVE, Attributes(options.RecursiveSet, options.RecursiveClear, 0), SizeOfMountAttr);
        if (options.Propagation != 0)
            program.Call(SyscallNumber.mount_setattr, tree, Empty, AT_EMPTY_PATH | (options.PropagationRecursive ? AT_RECURSIVE : 0), Attributes(0, 0, options.Propagation), SizeOfMountAttr);
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
        program.Call(SyscallNumber.move_mount, mount, Empty, destination, Empty, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
        program.Call(SyscallNumber.close, mount);
        program.Call(SyscallNumber.close, destination);
    }
}
